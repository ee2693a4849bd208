import http from 'node:http';

type LoadAnswer = { readonly at: number; readonly status: number; readonly who: string; readonly took: number };
export type Load = { readonly answers: LoadAnswer[]; readonly stop: () => Promise<void> };

const A_SECOND = 200;

/** 200 requests a second to a port of this machine, each begun on time whatever the others do; what could not be answered, or was not in time (milliseconds), has the status 0. */
export function startLoad(port: number, timeout = 10_000): Load {
  const answers: LoadAnswer[] = [];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const open = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  const send = () => {
    const at = performance.now();
    const one = new Promise<void>((resolve) => {
      let isOver = false;
      const end = (status: number, who: string) => {
        if (isOver) return;
        isOver = true;
        answers.push({ at, status, who, took: performance.now() - at });
        resolve();
      };
      const request = http.get({ port, host: '127.0.0.1', path: '/', agent, timeout }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece)).on('end', () => end(response.statusCode ?? 0, text)).on('error', () => end(0, 'cut'));
      });
      request.on('timeout', () => request.destroy(new Error('no answer in time'))).on('error', (error) => end(0, error.message));
    });
    open.add(one);
    void one.finally(() => open.delete(one));
  };
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) / 1000) * A_SECOND; sent < due; sent++) send();
  }, 5);
  return {
    answers,
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
    },
  };
}
