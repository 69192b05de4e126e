import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { expect, it } from 'vitest';

import { ServiceProcess } from '../support/service-process.ts';
import { makeWorkplace } from '../support/token-service.ts';

it('the service stops in time after SIGTERM while clients flood it and do not read', async () => {
  const workplace = await makeWorkplace();
  const service = await ServiceProcess.start({
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: workplace.credentialFolder,
    CALLERS_FILE: workplace.callersFile,
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
  });
  const request = 'GET /docs HTTP/1.1\r\nHost: x\r\n\r\n';
  const flood = request.repeat(Math.floor((64 * 1024) / request.length));
  const incomplete = `${request.repeat(10)}GET /docs HTTP/1.1\r\n`;
  const { port } = new URL(service.origin);
  const open = async (bytes: string): Promise<Socket> => {
    const socket = connect(Number(port), '127.0.0.1').pause();
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write(bytes);
    return socket;
  };
  const sockets = await Promise.all(
    Array.from({ length: 20 }, (_, index) => open(index % 2 === 0 ? flood : incomplete)),
  );
  await fetch(`${service.origin}/livez`);
  // The exit code is 1 if requests in progress delay the shutdown by 10 seconds.
  expect(await service.stop()).toBe(0);
  for (const socket of sockets) socket.destroy();
  await workplace.close();
});
