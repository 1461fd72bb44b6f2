import { describe, expect, test } from '@jest/globals';
import { proxyFor, proxyNotes } from '../../src/edge/proxy-settings.ts';
import { type HttpProxy, noProxyNotes, readProxy, schemesIn } from '../../src/inputs/proxy.ts';
import { withoutProxyVariables } from './proxy-variables.ts';

function read(text: string): HttpProxy {
  const checked = readProxy('https_proxy', text);
  if (!checked.ok) throw new Error(checked.problems.join());
  return checked.value;
}

function credentialsIn(text: string): string | undefined {
  const basic = read(text).authorization?.replace(/^Basic /, '');
  return basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('latin1');
}

describe('a proxy, as a variable names it', () => {
  test.each([
    ['http://proxy.example.com:3128', 'proxy.example.com', 3128, 'proxy.example.com:3128'],
    [' \thttp://proxy.example.com:3128/\r\n', 'proxy.example.com', 3128, 'proxy.example.com:3128'],
    ['proxy.example.com:3128', 'proxy.example.com', 3128, 'proxy.example.com:3128'],
    ['proxy.example.com:3128/', 'proxy.example.com', 3128, 'proxy.example.com:3128'],
    ['proxy.example.com', 'proxy.example.com', 80, 'proxy.example.com:80'],
    ['proxy:3128', 'proxy', 3128, 'proxy:3128'],
    ['localhost:3128', 'localhost', 3128, 'localhost:3128'],
    ['http:3128', 'http', 3128, 'http:3128'],
    ['HTTP://Proxy.Example.com:', 'proxy.example.com', 80, 'proxy.example.com:80'],
    ['http://squid_1:3128', 'squid_1', 3128, 'squid_1:3128'],
    ['10.0.0.1:65535', '10.0.0.1', 65_535, '10.0.0.1:65535'],
    ['http://[fd00::1]:3128', 'fd00::1', 3128, '[fd00::1]:3128'],
    ['[FD00:0::1]', 'fd00::1', 80, '[fd00::1]:80'],
    ['http://u:p@[fd00::1]:1', 'fd00::1', 1, '[fd00::1]:1'],
    ['http://bücher.example:3128', 'xn--bcher-kva.example', 3128, 'xn--bcher-kva.example:3128'],
  ])('%j', (text, host, port, address) => {
    expect(read(text)).toMatchObject({ overTls: false, host, port, address });
  });

  test('that is reached over TLS', () => {
    expect(read('https://proxy.example.com')).toEqual({
      overTls: true,
      host: 'proxy.example.com',
      port: 443,
      address: 'proxy.example.com:443',
      authorization: undefined,
    });
  });

  test.each([
    ['http://user:pass@proxy:3128', 'user:pass'],
    ['user:pass@proxy:3128', 'user:pass'],
    ['http://user@proxy:3128', 'user:'],
    ['http://:pass@proxy:3128', ':pass'],
    ['http://@proxy:3128', undefined],
    ['http://user:pa%ss@proxy:3128', 'user:pa%ss'],
    ['user:pa%ss@proxy:3128', 'user:pa%ss'],
    ['user:100%@proxy:3128', 'user:100%'],
    ['user:%4@proxy:3128', 'user:%4'],
    ['user:%zz%41%@proxy:3128', 'user:%zzA%'],
    ['user:%2541@proxy:3128', 'user:%41'],
    ['user:p%23%3f%2F%40%3A%25%20@proxy:3128', 'user:p#?/@:% '],
    ['user:p@ss@proxy:3128', 'user:p@ss'],
    ['user:p:a:ss@proxy:3128', 'user:p:a:ss'],
    ['http://DOMAIN\\user:p\\ss@proxy:3128', 'DOMAIN\\user:p\\ss'],
    ['user:p[a]ss@proxy:3128', 'user:p[a]ss'],
    // Bytes of UTF-8, and a byte that is invalid there.
    ['üser:p%C3%A4@proxy', '\u00c3\u00bcser:p\u00c3\u00a4'],
    ['user:p%E4@proxy', 'user:p\u00e4'],
  ])('the credentials in %j', (text, credentials) => expect(credentialsIn(text)).toBe(credentials));

  test.each([
    ['', 'no host'],
    ['http://', 'no host'],
    ['http:///', 'no host'],
    [':3128', 'no host'],
    ['http://user:S3cret@', 'no host'],
    ['http://user:S3cret@:3128', 'no host'],
    ['%%%', 'host name'],
    ['http://pr%6Fxy:3128', 'host name'],
    ['http://[::1', 'host name'],
    ['http://[::1]S3cret', 'host name'],
    ['::1:3128', 'host name'],
    ['user:S3cret@proxy:31a28', 'host name'],
    ['user:S3cret@pro\\xy:3128', 'host name'],
    ['user:S3cret@.proxy:3128', 'host name'],
    ['user:S3cret@a;.proxy:3128', 'host name'],
    ['user:S3cret@proxy..example', 'host name'],
    ['proxy:0', 'port'],
    ['user:S3cret@proxy:65536', 'port'],
    ['user:S3cret@proxy:99999999999999999999', 'port'],
    ['not a URL', 'space'],
    ['user:S3cret @proxy:3128', 'space'],
    ['http://user:S3cret@proxy:3128\nhttp://proxy', 'space'],
    ['http://user:S3cret\u0000@proxy:3128', 'control character'],
    ['http://user:S3c#ret@proxy:3128', '"#"'],
    ['user:S3c?ret@proxy:3128', '"?"'],
    ['http://proxy:3128/?', '"?"'],
    ['http://user:S3c/ret@proxy:3128', '"/" before the last "@"'],
    ['user:S3cret/@proxy:3128', '"/" before the last "@"'],
    ['http:/user:S3cret@proxy:3128', '"/" before the last "@"'],
    ['http:///user:S3cret@proxy:3128', '"/" before the last "@"'],
    ['http://user:S3cret@proxy:3128/proxy.pac', 'path'],
    ['http://proxy:3128//', 'path'],
    ['socks5://user:S3cret@proxy:1080', 'SOCKS'],
    ['socks://proxy:1080', 'SOCKS'],
    ['SOCKS5H://proxy:1080', 'SOCKS'],
    ['ftp://user:S3cret@proxy:21', 'scheme'],
    ['httpss://proxy:21', 'scheme'],
    ['user://S3cret@proxy:21', 'scheme'],
  ])('%j is refused, in one sentence that does not show it', (text, wrong) => {
    const checked = readProxy('HTTPS_PROXY', text);
    const [problem = '', ...more] = checked.ok ? [] : checked.problems;
    expect(problem).toMatch(/^HTTPS_PROXY [a-z].*: give an HTTP proxy, for example http:\/\/.*# as %23.*\.$/);
    expect(problem.slice(0, problem.indexOf(': give'))).toContain(wrong);
    expect(problem).not.toMatch(/S3c|ret\b/);
    expect(more).toEqual([]);
  });
});

describe('the variable that counts', () => {
  withoutProxyVariables();

  const POD = 'https://usw3.dm-us.informaticacloud.com/saas';
  const addressFor = (url: string, env: Record<string, string>): string | undefined => {
    Object.assign(process.env, env);
    const checked = proxyFor(new URL(url));
    return checked.ok ? checked.value?.address : checked.problems.join();
  };

  test.each<[string, Record<string, string>, string | undefined]>([
    [POD, {}, undefined],
    [POD, { https_proxy: 'a:1', HTTPS_PROXY: 'b:1' }, 'a:1'],
    [POD, { https_proxy: ' \n', HTTPS_PROXY: 'b:1' }, 'b:1'],
    [POD, { https_proxy: '' }, undefined],
    [POD, { https_proxy: ' ', HTTPS_PROXY: '\t' }, undefined],
    [POD, { http_proxy: 'a:1', HTTP_PROXY: 'b:1' }, undefined],
    ['http://idmc.example.com', { https_proxy: 'a:1', http_proxy: 'b:1' }, 'b:1'],
    ['http://idmc.example.com', { HTTP_PROXY: 'b:1' }, 'b:1'],
    [POD, { https_proxy: 'a:1', no_proxy: 'informaticacloud.com' }, undefined],
    [POD, { https_proxy: 'a:1', NO_PROXY: 'example.com,.informaticacloud.com' }, undefined],
    [POD, { https_proxy: 'a:1', no_proxy: 'example.com' }, 'a:1'],
    [POD, { https_proxy: '%%%', no_proxy: '*' }, undefined],
    ['https://localhost', { https_proxy: '%%%' }, undefined],
    ['https://127.0.0.1', { https_proxy: 'a:1' }, undefined],
    ['https://[::1]', { https_proxy: 'a:1' }, undefined],
    ['http://localhost', { http_proxy: '%%%' }, undefined],
  ])('%s with %j', (url, env, address) => expect(addressFor(url, env)).toBe(address));

  test.each(['https_proxy', 'HTTPS_PROXY'])(
    '%s is named as it was found, when it cannot be used',
    (variable) => {
      expect(addressFor(POD, { [variable]: '%%%' })).toMatch(new RegExp(`^${variable} `));
    },
  );

  test('the stronger one is not passed over because it cannot be used', () => {
    expect(addressFor(POD, { https_proxy: '%%%', HTTPS_PROXY: 'b:1' })).toMatch(/^https_proxy /);
  });
});

describe('an entry of no_proxy that matches no host', () => {
  test.each([
    ['a.example b.example', 'a space'],
    ['a.example;b.example', '";"'],
    ['x.example, https://a.example', 'a scheme'],
    ['a.example.', 'a dot at the end'],
    ['a.example.:443', 'a dot at the end'],
    ['*.example.com', '"*" and more'],
    ['a.*', '"*" and more'],
    ['*.a.example b.example', 'a space and "*" and more'],
  ])('%j is told, with %s', (text, what) => {
    expect(noProxyNotes('NO_PROXY', text)).toEqual([
      `NO_PROXY has entries with ${what}, which have no effect: separate host names by commas, for example example.com,.example.org.`,
    ]);
  });

  test.each(['', '*', ' a.example , .b.example,c.example:443,10.0.0.0/8,[::1] ,, '])('%j is fine', (text) => {
    expect(noProxyNotes('no_proxy', text)).toEqual([]);
  });

  test('is told if a proxy is used', () => {
    const before = { ...process.env };
    const url = new URL('https://usw3.dm-us.informaticacloud.com/saas');
    process.env['NO_PROXY'] = '*.example.com';
    delete process.env['no_proxy'];
    delete process.env['HTTPS_PROXY'];
    process.env['https_proxy'] = '';
    expect(proxyNotes(url)).toEqual([]);
    process.env['https_proxy'] = 'a:1';
    expect(proxyNotes(url)).toEqual([expect.stringMatching(/^NO_PROXY has entries/)]);
    process.env = before;
  });
});

describe('the schemes in Proxy-Authenticate', () => {
  test.each([
    ['', []],
    ['NTLM', ['NTLM']],
    ['negotiate, ntlm, NTLM', ['Negotiate', 'NTLM']],
    ['Basic realm="a, Digest b", charset="UTF-8", Digest realm="x", qop="auth"', ['Basic', 'Digest']],
    ['Negotiate dG9rZW4=', ['Negotiate']],
    ['S3cret', ['another scheme']],
    ['realm="x"', []],
  ])('%j', (header, schemes) => expect(schemesIn(header)).toEqual(schemes));
});
