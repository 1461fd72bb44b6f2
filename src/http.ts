/** One HTTP request, ready to be sent. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Sent as they are. Never in request options: Node prints those under NODE_DEBUG. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why there is no complete response. Only the debug log shows something of `cause`. */
export type NetworkFailure = { readonly cause: unknown } & (
  | { readonly kind: 'name-not-resolved' }
  /** The name server says that there is no such name. */
  | { readonly kind: 'name-not-found' }
  | { readonly kind: 'connection-refused' }
  /** `proxy` is set if the certificate is the proxy's. */
  | {
      readonly kind: 'certificate';
      readonly code: string;
      readonly proxy: string | undefined;
      readonly extraAuthorities: ExtraAuthorities;
    }
  /**
   * TLS failed in another way. `refusesClient`: the other end rejected the client before it read a request, mostly because it
   * wants a client certificate. `proxy` is set if TLS with the proxy failed.
   */
  | {
      readonly kind: 'tls';
      readonly code: string;
      readonly proxy: string | undefined;
      readonly refusesClient: boolean;
    }
  /** Node could not parse the response as HTTP, or it was too large. `proxy` is set if it was the response to CONNECT. */
  | { readonly kind: 'not-http'; readonly code: string; readonly proxy: string | undefined }
  /** The proxy, as `host:port`, answered CONNECT with a status other than 2xx. `schemes`: the authentication schemes that it offers. */
  | {
      readonly kind: 'proxy-status';
      readonly proxy: string;
      readonly statusCode: number;
      readonly schemes: readonly string[];
    }
  /** No connection to the proxy, or none through it: `detail` is an error code or a few plain words. */
  | { readonly kind: 'proxy-unreachable'; readonly proxy: string; readonly detail: string }
  /** The proxy settings in the job's environment are invalid, so nothing was sent. */
  | { readonly kind: 'proxy-settings'; readonly problem: string }
  | { readonly kind: 'no-connection'; readonly detail: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'connection-lost'; readonly code: string }
  /** An error in the program, not in the network: `error` is its name. */
  | { readonly kind: 'unexpected'; readonly error: string }
);

/** Whether Node uses the certificate authorities that `NODE_EXTRA_CA_CERTS` names. It reads them only when it starts. */
export type ExtraAuthorities = 'not-set' | 'unusable' | 'used';

export type ResponseBody =
  /** `endIsCertain`: false if only the end of the connection marks the end of the body. */
  | { readonly kind: 'complete'; readonly text: string; readonly endIsCertain: boolean }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken'; readonly failure: NetworkFailure };

/** The headers that mean something to the action. */
export interface ResponseHeaders {
  readonly location: string | undefined;
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;
  readonly contentType: string | undefined;
  /** The coding that the body still has: undefined once it was decoded. */
  readonly contentEncoding: string | undefined;
  readonly wwwAuthenticate: string | undefined;
  readonly proxyAuthenticate: string | undefined;
}

/** A response, from the API or from something in between. An upgrade (101) counts as an empty body without a certain end. */
export interface HttpResponse {
  readonly kind: 'response';
  readonly statusCode: number;
  readonly headers: ResponseHeaders;
  readonly body: ResponseBody;
}

/** The result of one request. */
export type HttpResult =
  | HttpResponse
  | {
      readonly kind: 'no-response';
      readonly failure: NetworkFailure;
      /** False only if no connection to the server was made, or TLS ended it before a request was read. */
      readonly mayHaveReachedServer: boolean;
    };

/** The largest body that is read, after decoding: 64 KiB. A response to these requests has a few hundred bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Sends one request, once. Never rejects; when `signal` aborts, it settles at once. */
export type Send = (call: HttpRequest, signal: AbortSignal) => Promise<HttpResult>;
