// The request of `mode: logout`, as a plain Node script would send it.
const http = require('node:http');
const https = require('node:https');

const { BENCH_URL: url, BENCH_SESSION_ID: icSessionId } = process.env;
const { request } = url.startsWith('https:') ? https : http;
const headers = { 'Content-Type': 'application/json', Accept: 'application/json', icSessionId };

request(url, { method: 'POST', headers }, (response) => {
  if (response.statusCode !== 200) process.exitCode = 1;
  response.resume();
  response.on('end', () => console.log(`Ended (HTTP ${response.statusCode})`));
}).end();
