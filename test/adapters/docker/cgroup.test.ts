import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { locate, readCgroup, sumBlocks } from '#adapters/docker/cgroup.ts';

const ID = 'f'.repeat(64);

describe("a container's control groups", () => {
  test('of version 1 are found by controller', () => {
    const mounts = ['30 25 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory', '31 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct', '32 25 0:28 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio'].join('\n');
    const groups = [`9:memory:/docker/${ID}`, `4:cpu,cpuacct:/docker/${ID}`, `3:blkio:/docker/${ID}`, '0::/'].join('\n');
    expect(locate(mounts, groups, 7)).toEqual({
      version: 1,
      cpu: `/sys/fs/cgroup/cpu,cpuacct/docker/${ID}`,
      memory: `/sys/fs/cgroup/memory/docker/${ID}`,
      blocks: `/sys/fs/cgroup/blkio/docker/${ID}`,
      pid: 7,
    });
  });

  test('of version 2 are one folder, also below a mount of a part of the tree', () => {
    const at = `/sys/fs/cgroup/system.slice/docker-${ID}.scope`;
    expect(locate('29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw', `0::/system.slice/docker-${ID}.scope\n`, 7)).toEqual({ version: 2, cpu: at, memory: at, blocks: at, pid: 7 });
    expect(locate('29 23 0:26 /part /cg rw - cgroup2 cgroup2 rw', `0::/part/docker-${ID}.scope\n`, 7)?.memory).toBe(`/cg/docker-${ID}.scope`);
  });

  test('that are mounted nowhere are not found', () => {
    expect(locate('1 1 0:1 / / rw - ext4 /dev/sda rw', '0::/x', 7)).toBeUndefined();
  });

  test('of version 2 are read in the same units as those of version 1', () => {
    const folder = mkdtempSync(join(tmpdir(), 'backlot-cgroup-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(folder, { recursive: true });
    const files = {
      'cgroup.procs': '4242\n4243\n',
      'cpu.stat': 'usage_usec 1500\nuser_usec 1000\n',
      'memory.current': '5000\n',
      'memory.stat': 'anon 1000\ninactive_anon 7\ninactive_file 2000\nactive_file 3\n',
      'memory.max': 'max\n',
      'io.stat': '8:0 rbytes=10 wbytes=20 rios=1 wios=2\n8:16 rbytes=1 wbytes=2 rios=1 wios=2\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const place = { version: 2, cpu: folder, memory: folder, blocks: folder, pid: 1 } as const;
    expect(readCgroup(place)).toEqual({ cpuTotal: 1_500_000, memory: 3000, blockRead: 11, blockWritten: 22, pid: 4242 });
    writeFileSync(join(folder, 'memory.max'), '1048576\n');
    expect(readCgroup(place)).toMatchObject({ memoryLimit: 1_048_576 });
  });

  test('of version 1 add up what was read and written', () => {
    expect(sumBlocks('8:0 Read 5\n8:0 Write 6\n8:0 Total 11\n8:16 Read 1\nTotal 12\n')).toEqual({ blockRead: 6, blockWritten: 6 });
    expect(sumBlocks('Total 0\n')).toEqual({ blockRead: 0, blockWritten: 0 });
  });
});
