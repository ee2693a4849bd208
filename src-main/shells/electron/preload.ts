import { contextBridge, ipcRenderer } from 'electron';
/** Gives the page a line of text to the core. Knows no method, and nothing of Electron passes through it. */
contextBridge.exposeInMainWorld('backlotDesktop', {
  connect: (onText: (text: string) => void, onClose: () => void) => new Promise((resolve, reject) => {
    const answer = `backlot:line:${Math.random()}`;
    ipcRenderer.once(answer, ({ ports: [port] }, { directory, failure }) => {
      if (!port) return reject(new Error(failure));
      port.addEventListener('close', () => onClose());
      port.onmessage = ({ data }) => onText(String(data));
      resolve({ directory, send: (text: string) => port.postMessage(text), close: () => port.close() });
    });
    ipcRenderer.send('backlot:connect', answer);
  }),
});
