export { default as Container } from 'dockerode/lib/container.js';
export { default as Network } from 'dockerode/lib/network.js';
