import { describe, expect, test } from 'vitest';
import { keyOf, KeyPatterns, partsOf } from '#adapters/redis/key-patterns.ts';


function patternsOf(keys: readonly string[]): string[] {
  const patterns = new KeyPatterns();
  for (const key of keys) patterns.add(key);
  return [...new Set(keys.map((key) => patterns.of(key)))].sort();
}

describe('patterns of keys', () => {
  test('numbers, addresses and the like differ from key to key; names do not', () => {
    expect(patternsOf(['user:1', 'user:22', 'user:1:cart', 'user:anna@mail.example', 'user:index', 'config', 'session:0f3a9c7d5e1b'])).toEqual(['config', 'session:*', 'user:*', 'user:*:cart', 'user:index']);
  });

  test('names of people differ from key to key, by their form or as somebody knows them', () => {
    expect(patternsOf(['basket:Anna.Secret1', 'basket:Carla Muster', 'basket:index', 'basket:anna.secret', 'job:mark_read'])).toEqual(['basket:*', 'basket:anna.secret', 'basket:index', 'job:mark_read']);
    const patterns = new KeyPatterns((text) => text === 'anna.secret');
    patterns.add('basket:anna.secret');
    expect(patterns.of('basket:anna.secret')).toBe('basket:*');
  });

  test('too many names beside each other are values, whatever they look like and whenever they come', () => {
    const words = Array.from({ length: 100 }, (_, index) => `basket:${String.fromCharCode(97 + (index % 26), 97 + Math.floor(index / 26))}:items`);
    expect(patternsOf(words)).toEqual(['basket:*:items']);
  });

  test('a key is its pattern with its parts put in', () => {
    expect(partsOf('user:7:cart:x', 'user:*:cart:*')).toEqual(['7', 'x']);
    expect(keyOf('user:*:cart:*', ['7', 'x'])).toBe('user:7:cart:x');
    expect(partsOf('user:7', 'user:*:cart')).toBeUndefined();
    expect(partsOf('user:7', 'other:*')).toBeUndefined();
  });
});
