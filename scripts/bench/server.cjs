// Responds to a login and a logout with success, and prints its port.
const { createServer } = require('node:http');

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const serverUrl = `http://${request.headers.host}/saas`;
    const user = {
      '@type': 'user',
      icSessionId: 'FakeSessionId0123456789',
      serverUrl,
      orgUuid: 'Fake22CharactersOrgId0',
    };
    const body = request.url.endsWith('/login') ? JSON.stringify(user) : '';
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
