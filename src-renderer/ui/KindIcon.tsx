import { Box, Database, FileSearch, Globe, Layers, MessagesSquare, Network, Radio, type LucideIcon } from 'lucide-react';
import type { ServiceKind } from '#contract/project.ts';
import style from './KindIcon.module.css';

const ICONS: Record<ServiceKind, { readonly icon: LucideIcon; readonly family: string }> = {
  postgres: { icon: Database, family: 'data' },
  mysql: { icon: Database, family: 'data' },
  mariadb: { icon: Database, family: 'data' },
  mongodb: { icon: Database, family: 'data' },
  redis: { icon: Layers, family: 'cache' },
  memcached: { icon: Layers, family: 'cache' },
  rabbitmq: { icon: MessagesSquare, family: 'broker' },
  kafka: { icon: Radio, family: 'broker' },
  elasticsearch: { icon: FileSearch, family: 'data' },
  nginx: { icon: Network, family: 'edge' },
  haproxy: { icon: Network, family: 'edge' },
  http: { icon: Globe, family: 'app' },
  other: { icon: Box, family: 'app' },
};

/** What kind of backend a service is. */
export function KindIcon({ kind, size = 26 }: { readonly kind: ServiceKind; readonly size?: number }) {
  const { icon: Icon, family } = ICONS[kind];
  return (
    <span className={style.tile} data-family={family} style={{ width: size, height: size }} title={kind}>
      <Icon size={Math.round(size * 0.56)} strokeWidth={1.75} aria-hidden="true" />
    </span>
  );
}
