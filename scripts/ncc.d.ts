declare module '@vercel/ncc' {
  /** Packs an entry point and its imports into one file. Only the options used here are declared. */
  export default function ncc(
    entryPoint: string,
    options: { minify: boolean; quiet: boolean; target: string; externals: string[] },
  ): Promise<{ code: string }>;
}
