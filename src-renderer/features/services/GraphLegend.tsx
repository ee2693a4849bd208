import type { Dependency } from '#contract/project.ts';
import style from './DependencyGraph.module.css';
import type { GraphItem } from './graph-model.ts';

const CONDITIONS: readonly { readonly condition: Dependency['condition']; readonly words: string }[] = [
  { condition: 'healthy', words: 'waits until healthy' },
  { condition: 'started', words: 'until started' },
  { condition: 'completed', words: 'until completed' },
];

/** What the lines mean; only of those that occur. */
export function GraphLegend({ items }: { readonly items: readonly GraphItem[] }) {
  const used = new Set(items.flatMap(({ needs }) => needs.map(({ condition }) => condition)));
  const hasStandIns = items.some(({ rows }) => rows.length === 1 && (rows[0]?.standsFor.length ?? 0) > 0);
  return (
    <div className={style.legend} aria-hidden="true">
      {CONDITIONS.filter(({ condition }) => used.has(condition)).map(({ condition, words }) => (
        <span key={condition}>
          <svg width="24" height="8" data-condition={condition}>
            <path d="M0 4h24" />
          </svg>
          {words}
        </span>
      ))}
      {hasStandIns && (
        <span>
          <i /> stand-in
        </span>
      )}
    </div>
  );
}
