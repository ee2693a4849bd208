import { describe, expect, test } from 'vitest';
import { cleanTable, withoutDefiner } from '#adapters/mysql/clean-definition.ts';
import { laterKeys } from '#adapters/mysql/later-keys.ts';
import { LoadText } from '#adapters/mysql/load-text.ts';
import { RowText } from '#adapters/mysql/row-text.ts';

/** A row as the server sends it. */
function packet(...values: (Uint8Array | string | null)[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      if (value === null) return Buffer.of(0xfb);
      const bytes = Buffer.from(value);
      const length = bytes.length;
      const head = length < 0xfb ? [length] : length < 1 << 16 ? [0xfc, length & 255, length >> 8] : [0xfd, length & 255, (length >> 8) & 255, length >> 16];
      return Buffer.concat([Buffer.from(head), bytes]);
    }),
  );
}

function lines(binary: readonly boolean[], ...rows: Buffer[]): string {
  const text = new RowText(binary);
  for (const row of rows) text.add(row, 0, row.length);
  return Buffer.from(text.take()).toString('latin1');
}

describe('rows as the server sends them', () => {
  test('become lines of fields, nulls and what parts fields escaped', () => {
    expect(lines([false, false, false], packet('a\tb', null, ''), packet('back\\slash', 'new\nline\r', '\b'))).toBe('a\\tb\t\\N\t\nback\\\\slash\tnew\\nline\\r\t\\b\n');
  });

  test('bytes become hexadecimal digits, of any length', () => {
    expect(lines([true, false], packet(Uint8Array.of(0, 255, 10), 'x'))).toBe('\\\\x00ff0a\tx\n');
    for (const length of [0xfa, 0xfb, 0xffff, 0x10000, 300_000]) {
      expect(lines([true, false], packet(new Uint8Array(length).fill(0xab), 'x'))).toBe(`\\\\x${'ab'.repeat(length)}\tx\n`);
      expect(lines([false], packet('y'.repeat(length)))).toBe(`${'y'.repeat(length)}\n`);
    }
  });
});

describe('lines for LOAD DATA', () => {
  test('escapes that it does not know stand for themselves, wherever pieces end', () => {
    const whole = Buffer.from('a\\vb\\\\v\\fc\\\\\\v\\t\\N\\\\f\n');
    const expected = 'a\vb\\\\v\fc\\\\\v\\t\\N\\\\f\n';
    for (let at = 0; at <= whole.length; at++) {
      const text = new LoadText();
      expect(Buffer.concat([text.transform(whole.subarray(0, at)), text.transform(whole.subarray(at))]).toString('latin1'), `cut at ${at}`).toBe(expected);
    }
  });
});

describe('definitions', () => {
  test('lose comments and places of the disk, and nothing that only looks like one', () => {
    const table = "CREATE TABLE `a COMMENT 'x'` (\n  `b` varchar(9) DEFAULT 'it''s COMMENT \\'x\\'' COMMENT 'of ''somebody''',\n  `c; COMMENT` int CHECK (`b` <> ' COMMENT ')\n) ENGINE=InnoDB COMMENT='people' DATA DIRECTORY='/secret'";
    expect(cleanTable(table)).toBe("CREATE TABLE `a COMMENT 'x'` (\n  `b` varchar(9) DEFAULT 'it''s COMMENT \\'x\\'',\n  `c; COMMENT` int CHECK (`b` <> ' COMMENT ')\n) ENGINE=InnoDB");
  });

  test('lose who defined them', () => {
    expect(withoutDefiner('CREATE DEFINER=`an``na`@`%` TRIGGER `t` BEFORE INSERT ON `a` FOR EACH ROW BEGIN SET @x = "DEFINER=`b`@`c`"; END')).toBe('CREATE TRIGGER `t` BEFORE INSERT ON `a` FOR EACH ROW BEGIN SET @x = "DEFINER=`b`@`c`"; END');
    expect(withoutDefiner('CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW `v` AS select 1')).toBe('CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW `v` AS select 1');
  });
});

describe('keys that are made after the rows', () => {
  const column = (name: string, generated = false) => ({ name, type: 'int', base: 'integer' as const, nullable: true, generated });
  const table = { columns: [column('id'), column('a'), column('b`c'), column('sum', true), column('parent')], foreignKeys: [{ columns: ['parent'], table: 'p', references: ['id'] }] };
  const names = (keys: string, end = ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4') => laterKeys(`CREATE TABLE \`t\` (\n  \`id\` int,\n${keys}\n${end}`, table).map(({ name, definition }) => [name, definition]);

  test('are the plain ones, as they stand there', () => {
    expect(names('  PRIMARY KEY (`id`),\n  UNIQUE KEY `u` (`a`,`b``c`(5)),\n  KEY `k,``( ` (`a` DESC),\n  CONSTRAINT `c` CHECK (`a` > 1)')).toEqual([['`u`', 'UNIQUE KEY `u` (`a`,`b``c`(5))'], ['`k,``( `', 'KEY `k,``( ` (`a` DESC)']]);
  });

  test.each(['  KEY `k` (`sum`)', '  KEY `k` (`a`,`parent`)', '  FULLTEXT KEY `k` (`a`)', '  UNIQUE KEY `k` (`a`) USING HASH', '  KEY `k` (`a`) IGNORED'])('are none that the server may need meanwhile, nor those before them: %s', (kept) => {
    expect(names(`  PRIMARY KEY (\`id\`),\n  KEY \`first\` (\`a\`),\n${kept},\n  KEY \`last\` (\`a\`)`)).toEqual([['`last`', 'KEY `last` (`a`)']]);
  });

  test('are none of a table that is put in order by another key, is no table of InnoDB, or has versions', () => {
    expect(names('  UNIQUE KEY `u` (`a`),\n  KEY `k` (`a`)')).toEqual([]);
    for (const end of [') ENGINE=Aria', ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 WITH SYSTEM VERSIONING']) expect(names('  PRIMARY KEY (`id`),\n  KEY `k` (`a`)', end)).toEqual([]);
  });
});
