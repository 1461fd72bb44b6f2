/**
 * Replaces `undici` and `tunnel` in the bundles and in the tests, and `https` in the bundles. `@actions/http-client`
 * imports them for its agents and proxies, and the action uses neither: it opens the connection itself.
 */
function leftOut(): never {
  throw new Error('This part of @actions/http-client is not bundled');
}

export {
  leftOut as Agent,
  leftOut as httpOverHttp,
  leftOut as httpOverHttps,
  leftOut as httpsOverHttp,
  leftOut as httpsOverHttps,
  leftOut as ProxyAgent,
  leftOut as request,
};
