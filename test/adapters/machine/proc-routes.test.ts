import { expect, test } from 'vitest';
import { parseRoutes } from '#adapters/machine/proc-routes.ts';

test('the kernel’s table of routes gives networks with their devices, and leaves the default route out', () => {
  const table = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
tun0	0000000A	00000000	0001	0	0	0	000000FF	0	0	0
br-c63532f46a6c	00E0A8C0	00000000	0001	0	0	0	00F0FFFF	0	0	0
eth1	050200C0	00000000	0000	0	0	0	FFFFFFFF	0	0	0
`;
  expect(parseRoutes(table)).toEqual([
    { destination: '172.17.0.0/16', device: 'docker0' },
    { destination: '10.0.0.0/8', device: 'tun0' },
    { destination: '192.168.224.0/20', device: 'br-c63532f46a6c' },
  ]);
  expect(parseRoutes('')).toEqual([]);
});
