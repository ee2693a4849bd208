import { findRanges, matches } from './query.ts';
import type { MatchQuestion, MatchReply } from './matcher.ts';

// A regular expression can run for ever; here it stops nothing but this thread, which its owner ends.
self.onmessage = ({ data }: MessageEvent<MatchQuestion>) => {
  const pattern = new RegExp(data.source, data.flags);
  const reply: MatchReply =
    data.want === 'lines'
      ? { id: data.id, lines: data.texts.flatMap((text, index) => (matches(pattern, text) ? [index] : [])) }
      : { id: data.id, ranges: data.texts.map((text) => findRanges(pattern, text)) };
  self.postMessage(reply);
};
