import type { OperationNews } from '#contract/operations.ts';
import type { Release } from '#contract/releases.ts';
import type { Work } from '#core/work.ts';
import type { Repository } from '#ports/image-registry.ts';
import { writeNew } from './evidence/attach-evidence.ts';

const LOG_TYPE = 'text/plain';
/** Lines that are kept from the beginning, and of those that come after them. */
const FIRST = 1000;
const LAST = 4000;
/** More bytes than so many lines have. */
export const MOST_LOG = 64 * 1024 * 1024;

/** What was told during a release, as it is kept beside its entry in the record. */
export class ReleaseLog {
  private readonly first: string[] = [];
  private readonly last: string[] = [];
  private left = 0;
  private readonly redact: (text: string) => string;

  constructor(redact: (text: string) => string) {
    this.redact = redact;
  }

  /** The same work, of which everything that is told is kept. */
  listen(work: Work): Work {
    const tell: Work['tell'] = (news) => {
      this.add(news);
      work.tell(news);
    };
    return { ...work, tell };
  }

  /** Puts it where the record is; the record names it by its digest. */
  async store(repository: Repository, signal: AbortSignal): Promise<NonNullable<Release['log']>> {
    const middle = this.left === 0 ? [] : [`… ${this.left} lines are left out …`];
    const bytes = Buffer.from([...this.first, ...middle, ...this.last].map((line) => `${line}\n`).join(''));
    const { digest, size } = await writeNew(repository, { mediaType: LOG_TYPE, bytes }, signal);
    return { digest, size };
  }

  private add(news: OperationNews): void {
    const text = textOf(news);
    if (text === undefined) return;
    const line = `${new Date().toISOString()} ${this.redact(text).replaceAll(/[\r\n]+/g, ' ')}`;
    if (this.first.length < FIRST) this.first.push(line);
    else this.last.push(line);
    if (this.last.length <= LAST) return;
    this.last.shift();
    this.left++;
  }
}

function textOf(news: OperationNews): string | undefined {
  switch (news.type) {
    case 'message':
      return news.level === 'info' ? news.text : `${news.level}: ${news.text}`;
    case 'instance':
      return `${news.instance} ${news.state}${news.why === undefined ? '' : `: ${news.why}`}`;
    case 'kpi':
      return `${news.check} ${news.state}${news.value === undefined ? '' : ` at ${news.value}`} (${news.bound})${news.why === undefined ? '' : `: ${news.why}`}`;
    case 'stage':
      return `stage ${news.stage} ${news.state}`;
    default:
      return undefined;
  }
}
