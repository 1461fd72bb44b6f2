// A server that answers every request as a healthy one answers a logout, and prints its port.
const { createServer } = require('node:http');

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'Content-Type': 'application/json' }).end());
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
