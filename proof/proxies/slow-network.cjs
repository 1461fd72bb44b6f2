const dns = require('node:dns');

/**
 * Loaded into a process before anything else: a host with the name DUAL_HOST has the ADDRESSES, in their order.
 * Handshakes to IPv4 take HANDSHAKE_MS, and to IPv6 there is no response. Without ADDRESSES it is the name server that
 * does not answer.
 */
const { DUAL_HOST, ADDRESSES, HANDSHAKE_MS = '0' } = process.env;
if (DUAL_HOST !== undefined) {
  const addresses = ADDRESSES?.split(',').map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  const { lookup } = dns;
  dns.lookup = (name, options, callback) => {
    if (name !== DUAL_HOST) return lookup(name, options, callback);
    if (addresses === undefined) return undefined;
    const [{ address, family }] = addresses;
    process.nextTick(() => (options.all ? callback(null, addresses) : callback(null, address, family)));
  };

  const { prototype } = process.binding('tcp_wrap').TCP;
  const { connect } = prototype;
  prototype.connect = function (...request) {
    setTimeout(() => connect.apply(this, request), Number(HANDSHAKE_MS));
    return 0;
  };
  prototype.connect6 = () => 0;
}
