import { describe, expect, test } from '@jest/globals';
import { readTrustedHosts, type TrustedHosts } from '../../../src/inputs/hosts.ts';
import { readLoginUrl, readServerUrl } from '../../../src/inputs/urls.ts';

function trusting(given: string): TrustedHosts {
  const trusted = readTrustedHosts(given);
  if (!trusted.ok) throw new Error(trusted.problems.join());
  return trusted.value;
}

const informatica = trusting('');
const serverUrl = (given: string, trusted = informatica) => readServerUrl(given, trusted);
const loginUrl = (given: string, trusted = informatica) => readLoginUrl(given, trusted);
const accepted = (url: string) => ({ ok: true, value: new URL(url) });
const problem = (text: string) => ({ ok: false, problems: [expect.stringContaining(text)] });

const UNTRUSTED = "names a host that is not one of Informatica's";
const INSECURE = 'does not start with https://';
const ENDPOINT = 'is the URL of an endpoint';
const USER = 'has a user name or password in it';
const QUERY = 'has a query or a fragment';
const PATH = "has a path other than /saas, the only path on Informatica's hosts";
const LABELS = 'has an invalid host name';
const pod = 'https://usw3.dm-us.informaticacloud.com';

describe('server-url is accepted', () => {
  test.each([
    [`${pod}/saas`, `${pod}/saas`],
    [pod, `${pod}/saas`],
    [`${pod}/`, `${pod}/saas`],
    [`${pod}//`, `${pod}/saas`],
    [`${pod}/saas/`, `${pod}/saas`],
    [`${pod}/saas//`, `${pod}/saas`],
    [`  ${pod}/saas\n`, `${pod}/saas`],
    [`${pod}:443/saas`, `${pod}/saas`],
    [`${pod}:8443/saas`, `${pod}:8443/saas`],
    ['HTTPS://USW3.DM-US.INFORMATICACLOUD.COM/saas', `${pod}/saas`],
    ['https://informaticacloud.com/saas', 'https://informaticacloud.com/saas'],
    ['https://app.informaticaondemand.com/saas', 'https://app.informaticaondemand.com/saas'],
    ['https://dm1.informaticagovcloud.com', 'https://dm1.informaticagovcloud.com/saas'],
    ['http://127.0.0.1:8080/saas', 'http://127.0.0.1:8080/saas'],
    ['http://127.0.0.1:8080/other/path/', 'http://127.0.0.1:8080/other/path'],
    ['http://127.255.3.4', 'http://127.255.3.4/saas'],
    ['http://localhost:8080', 'http://localhost:8080/saas'],
    ['http://[::1]:8080/saas', 'http://[::1]:8080/saas'],
    ['https://127.0.0.1:8443', 'https://127.0.0.1:8443/saas'],
    ['https://localhost', 'https://localhost/saas'],
    // The same address in other spellings.
    ['http://127.1:8080', 'http://127.0.0.1:8080/saas'],
    ['http://2130706433', 'http://127.0.0.1/saas'],
    ['http://0x7f.1', 'http://127.0.0.1/saas'],
    ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]/saas'],
  ])('%j', (given, url) => expect(serverUrl(given)).toEqual(accepted(url)));
});

describe('server-url is refused', () => {
  test.each([
    ['', 'is missing'],
    [' \t', 'is missing'],
    ['usw3.dm-us.informaticacloud.com/saas', 'is not a URL'],
    ['dm-us', 'is not a URL'],
    ['//usw3.dm-us.informaticacloud.com', 'is not a URL'],
    ['https://', 'is not a URL'],
    ['https://usw3.dm-us.informaticacloud.com/sa as', 'is not a URL'],
    ['https:\\\\usw3.dm-us.informaticacloud.com', 'is not a URL'],
    ['https://evil.example\\.informaticacloud.com', 'is not a URL'],
    ['https://usw3.dm-us.informatica\ncloud.com', 'is not a URL'],
    ['https://usw3.dm-us.informaticacloud.com:99999', 'is not a URL'],
    [`${pod}/\${{ env.PATH }}`, 'is not a URL'],
    ['https://user@usw3.dm-us.informaticacloud.com', USER],
    ['https://:pass@usw3.dm-us.informaticacloud.com', USER],
    ['https://usw3.dm-us.informaticacloud.com@evil.example/saas', USER],
    ['https://user:pass@evil.example/', USER],
    [`${pod}/saas?`, QUERY],
    [`${pod}/saas?a=b`, QUERY],
    [`${pod}/saas#`, QUERY],
    [`${pod}/saas#top`, QUERY],
    [`${pod}?x`, QUERY],
    [`${pod}/saas/api/v2/user/logout`, ENDPOINT],
    [`${pod}/saas/api/v2/user/logout/`, ENDPOINT],
    [`${pod}/saas/api/v2`, PATH],
    [`${pod}/other`, PATH],
    [`${pod}/SAAS`, PATH],
    [`${pod}//saas`, PATH],
    [`${pod}/ma/home`, PATH],
    [`${pod}/saasx`, PATH],
    ['https://.informaticacloud.com/saas', LABELS],
    ['https://a;.informaticacloud.com/saas', LABELS],
    ['https://a_b.informaticacloud.com/saas', LABELS],
    ['https://-a.informaticacloud.com/saas', LABELS],
    ['https://a-.informaticacloud.com/saas', LABELS],
    ['https://a..informaticacloud.com/saas', LABELS],
    [`https://${'a'.repeat(64)}.informaticacloud.com/saas`, LABELS],
    [`${pod}/SAAS/API/V2/USER/LOGOUT`, ENDPOINT],
    [`${pod}/saas/public/core/v3/logout`, ENDPOINT],
    [`${pod}/ma/api/v2/user/login`, ENDPOINT],
    [`${pod}/saas/user/logoutall`, ENDPOINT],
    ['http://usw3.dm-us.informaticacloud.com/saas', INSECURE],
    ['ftp://usw3.dm-us.informaticacloud.com/saas', INSECURE],
    ['ftp://localhost/saas', INSECURE],
    ['file:///saas', INSECURE],
    ['javascript:alert(1)', INSECURE],
    ['localhost:8080', INSECURE],
    ['http://evil.example', INSECURE],
    ['http://128.0.0.1', INSECURE],
    ['http://10.0.0.1', INSECURE],
    ['http://0.0.0.0', INSECURE],
    ['http://[::]', INSECURE],
    ['http://[::2]', INSECURE],
    ['http://[::ffff:127.0.0.1]', INSECURE],
    ['http://localhost.evil.example', INSECURE],
    ['http://localhost.', INSECURE],
    ['http://127.0.0.1.evil.example', INSECURE],
    ['https://evil.example/saas', UNTRUSTED],
    ['https://informaticacloud.com.evil.example/saas', UNTRUSTED],
    ['https://evilinformaticacloud.com/saas', UNTRUSTED],
    ['https://evil-informaticacloud.com/saas', UNTRUSTED],
    ['https://dm-us.informaticacloud.co/saas', UNTRUSTED],
    ['https://dm-us.informaticacloud.com.', LABELS],
    ['https://dm-us.informatica.com', UNTRUSTED],
    ['https://informaticacloud.org', UNTRUSTED],
    ['https://evil.example/informaticacloud.com', UNTRUSTED],
    // A Cyrillic letter in the middle, and a name that only looks like a path.
    ['https://dm-us.informatic\u0430cloud.com', UNTRUSTED],
    ['https://evil.example%2f.informaticacloud.com.evil.example', 'is not a URL'],
    ['https://10.0.0.1', UNTRUSTED],
    ['https://[2001:db8::1]', UNTRUSTED],
    ['https://[::ffff:127.0.0.1]', UNTRUSTED],
    ['https://2130706434.evil.example', UNTRUSTED],
  ])('%j', (given, text) => expect(serverUrl(given)).toEqual(problem(`server-url ${text}`)));

  test('every problem of the form shows the form wanted', () => {
    const form = 'for example https://usw3.dm-us.informaticacloud.com/saas.';
    for (const given of [
      '',
      'x',
      'https://u@x',
      `${pod}?`,
      `${pod}/other`,
      `${pod}/saas/api/v2/user/logout`,
    ]) {
      expect(serverUrl(given)).toEqual(problem(form));
    }
  });
});

describe('login-url is accepted', () => {
  const us = 'https://dm-us.informaticacloud.com';
  test.each([
    ['dm-us', us],
    [' dm-us ', us],
    ['DM-US', us],
    ['dm-us/', us],
    ['dm1-apau', 'https://dm1-apau.informaticacloud.com'],
    ['dm-us.informaticacloud.com', us],
    ['dm-us.informaticacloud.com/', us],
    ['dm-us.informaticacloud.com/ma/home', us],
    [us, us],
    [`${us}/`, us],
    [`${us}/ma`, us],
    [`${us}/ma/`, us],
    [`${us}/ma/home?x=1#top`, us],
    [`${us}:443/ma/api/v2/user/login`, us],
    [`${us}:8443`, `${us}:8443`],
    ['HTTPS://DM-US.INFORMATICACLOUD.COM', us],
    ['informaticacloud.com', 'https://informaticacloud.com'],
    ['app.informaticaondemand.com', 'https://app.informaticaondemand.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['localhost:8443', 'https://localhost:8443'],
    ['localhost', 'https://localhost'],
    ['dm-us.informaticacloud.com/saas', us],
    [`${us}/saas/public/core/v3/login`, us],
    [`${us}/ma/api/v2/user/loginOAuth`, us],
    [`${us}/identity-service/home`, us],
    [`${us}/identity-service`, us],
    [`https://${'a'.repeat(63)}.informaticacloud.com`, `https://${'a'.repeat(63)}.informaticacloud.com`],
    ['127.0.0.1:8443', 'https://127.0.0.1:8443'],
    ['127.1', 'https://127.0.0.1'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['[::1]:8443', 'https://[::1]:8443'],
  ])('%j', (given, url) => expect(loginUrl(given)).toEqual(accepted(url)));
});

describe('login-url is refused', () => {
  const PATH = 'has a path other than /ma/..., /saas/... or /identity-service/...';
  const WORD = 'is neither a login host nor the short name of one';
  const POD = 'names a pod';
  test.each([
    ['', 'is missing, probably because no variable of that name exists here'],
    ['  ', 'is missing'],
    ['dm us', 'is neither a host nor a URL'],
    ['dm_us:x', 'is neither a host nor a URL'],
    ['https://', 'is neither a host nor a URL'],
    ['dm-us.informaticacloud.com\\@evil.example', 'is neither a host nor a URL'],
    ['user:pass@dm-us.informaticacloud.com', USER],
    ['dm-us.informaticacloud.com@evil.example', USER],
    ['https://user@dm-us.informaticacloud.com', USER],
    ['dm-us.informaticacloud.com/x', PATH],
    ['dm-us.informaticacloud.com/saasx', PATH],
    ['null', WORD],
    ['None', WORD],
    ['undefined', WORD],
    ['us', WORD],
    ['dm', WORD],
    ['127', WORD],
    ['USW5', POD],
    ['usw3', POD],
    ['USW5/', POD],
    ['dm-', LABELS],
    ['-us', LABELS],
    ['.informaticacloud.com', LABELS],
    ['a;.informaticacloud.com', LABELS],
    ['$LOGIN_URL', LABELS],
    ['dm-us.informaticacloud.com/mafia', PATH],
    ['https://dm-us.informaticacloud.com/x/ma/', PATH],
    ['dm-us/ma', UNTRUSTED],
    ['https://dm-us', UNTRUSTED],
    ['dm-us:443', UNTRUSTED],
    ['evil.example', UNTRUSTED],
    ['dm-us.informaticacloud.com.evil.example', UNTRUSTED],
    ['evilinformaticacloud.com', UNTRUSTED],
    ['dm-us.informaticacloud.com.', LABELS],
    ['10.0.0.1', UNTRUSTED],
    ['[2001:db8::1]', UNTRUSTED],
    ['http://dm-us.informaticacloud.com', INSECURE],
    ['http://evil.example', INSECURE],
    ['ftp://dm-us.informaticacloud.com', INSECURE],
  ])('%j', (given, text) => expect(loginUrl(given)).toEqual(problem(`login-url ${text}`)));

  test('every problem of the form shows the form wanted', () => {
    const form = 'for example dm-us, dm-us.informaticacloud.com or https://dm-us.informaticacloud.com.';
    for (const given of ['', 'dm us', 'u@x', 'x.informaticacloud.com/y', 'null', 'USW5']) {
      expect(loginUrl(given)).toEqual(problem(form));
    }
  });
});

describe('trusted-hosts', () => {
  test.each([
    ['idmc.example.com', 'https://idmc.example.com'],
    ['IDMC.Example.COM', 'https://idmc.example.com'],
    ['idmc.example.com', 'https://IDMC.EXAMPLE.com:8443'],
    ['a.example, b.example ,c.example', 'https://b.example'],
    ['a.example\nb.example\r\n\n  c.example', 'https://c.example'],
    ['a.example,\n,b.example,', 'https://b.example'],
    ['bücher.example', 'https://xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'https://bücher.example'],
    ['10.0.0.1', 'https://10.0.0.1'],
    ['[2001:db8::1]', 'https://[2001:DB8:0::1]'],
    ['proxy', 'https://proxy'],
  ])('%j lets %s in', (given, url) => {
    expect(serverUrl(url, trusting(given)).ok).toBe(true);
    expect(loginUrl(url, trusting(given)).ok).toBe(true);
  });

  test.each([
    ['idmc.example.com', 'https://sub.idmc.example.com'],
    ['idmc.example.com', 'https://example.com'],
    ['idmc.example.com', 'https://evilidmc.example.com'],
    ['idmc.example.com.', 'https://idmc.example.com'],
    ['com', 'https://example.com'],
  ])('%j keeps %s out: the names are exact', (given, url) => {
    expect(serverUrl(url, trusting(given))).toEqual(problem(UNTRUSTED));
    expect(loginUrl(url, trusting(given))).toEqual(problem(UNTRUSTED));
  });

  test('a dot at the end makes no other host of it', () => {
    expect(serverUrl('https://idmc.example.com.', trusting('idmc.example.com.'))).toEqual(problem(LABELS));
  });

  test('a trusted host has any path', () => {
    const url = 'https://idmc.example.com/a/b';
    expect(serverUrl(url, trusting('idmc.example.com'))).toEqual(accepted(url));
  });

  test('a trusted host gets no plain http', () => {
    expect(serverUrl('http://idmc.example.com', trusting('idmc.example.com'))).toEqual(problem(INSECURE));
  });

  test("Informatica's hosts need no entry", () => {
    expect(serverUrl(pod, trusting('idmc.example.com')).ok).toBe(true);
  });

  test.each([
    'https://idmc.example.com',
    'idmc.example.com/saas',
    'idmc.example.com:443',
    'idmc.example.com:8443',
    'idmc.example.com:',
    '[::1]:443',
    '::1',
    '[::1',
    '*',
    '*.example.com',
    'user@example.com',
    'example.com?x',
    'example.com#x',
    'ex%61mple.com',
    'a.example b.example',
    'a\\b',
    `\${{ vars.HOSTS }}`,
    '<host>',
  ])('%j is no host name', (entry) => {
    expect(readTrustedHosts(`a.example, ${entry}`)).toEqual(
      problem('trusted-hosts has an entry that is not a host name'),
    );
  });

  test('several wrong entries are one problem', () => {
    expect(readTrustedHosts('*.x, a.example, b:1')).toEqual(
      problem('trusted-hosts has an entry that is not a host name'),
    );
  });
});
