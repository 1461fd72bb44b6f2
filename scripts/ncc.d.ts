declare module '@vercel/ncc' {
  /** Packs an entry point and all it needs into one file (the part of the API that is used here). */
  export default function ncc(
    entryPoint: string,
    options: { minify: boolean; quiet: boolean; target: string },
  ): Promise<{ code: string }>;
}
