export { default as Container } from 'dockerode/lib/container.js';
export { default as Image } from 'dockerode/lib/image.js';
export { default as Network } from 'dockerode/lib/network.js';
