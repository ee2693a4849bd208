import { ActionIcon, Button } from '@mantine/core';
import { Maximize, Minus, Plus } from 'lucide-react';
import { counted } from '../../ui/format.ts';
import style from './DependencyGraph.module.css';

type GraphToolsProps = {
  readonly scale: number;
  readonly step: number;
  readonly clusters: number;
  readonly folded: boolean;
  onZoom(factor: number): void;
  onFit(): void;
  onFold(fold: boolean): void;
};

/** Zoom, fit, and clusters as one box or as many. */
export function GraphTools({ scale, step, clusters, folded, onZoom, onFit, onFold }: GraphToolsProps) {
  return (
    <div className={style.tools} role="toolbar" aria-label="The graph’s view">
      {clusters > 0 && (
        <Button variant="subtle" aria-pressed={folded} onClick={() => onFold(!folded)}>
          {folded ? `Open ${counted(clusters, 'cluster')}` : `Fold ${counted(clusters, 'cluster')}`}
        </Button>
      )}
      <ActionIcon aria-label="Zoom out" title="Zoom out (-)" onClick={() => onZoom(1 / step)}>
        <Minus size={14} />
      </ActionIcon>
      <span className={style.scale}>{Math.round(scale * 100)} %</span>
      <ActionIcon aria-label="Zoom in" title="Zoom in (+)" onClick={() => onZoom(step)}>
        <Plus size={14} />
      </ActionIcon>
      <ActionIcon aria-label="Fit everything" title="Fit everything (0)" onClick={onFit}>
        <Maximize size={14} />
      </ActionIcon>
    </div>
  );
}
