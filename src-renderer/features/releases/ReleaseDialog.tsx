import { Modal } from '@mantine/core';
import { closeReleaseDialog, type ReleaseRequest } from '../../shell/release-dialog.ts';
import { useFocusGivenBack } from '../../ui/focus.ts';
import { DeployDialog } from './DeployDialog.tsx';
import { EvidenceDialog } from './EvidenceDialog.tsx';
import { LockDialog, UnlockDialog } from './LockDialogs.tsx';
import { PromoteDialog } from './PromoteDialog.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';
import { RollbackDialog } from './RollbackDialog.tsx';

/** Shows what would be done to a target, and asks before it is. */
export function ReleaseDialog({ request }: { readonly request: ReleaseRequest }) {
  useFocusGivenBack();
  return (
    <Modal opened onClose={closeReleaseDialog} title={titleOf(request)} size={['promote', 'rollback', 'evidence'].includes(request.kind) ? 720 : 560}>
      <Content request={request} />
    </Modal>
  );
}

function Content({ request }: { readonly request: ReleaseRequest }) {
  const { directory, target } = request;
  const place = { directory, target };
  switch (request.kind) {
    case 'promote':
      return <PromoteDialog {...place} />;
    case 'deploy':
      return <DeployDialog {...place} revision={request.revision} />;
    case 'rollback':
      return <RollbackDialog {...place} to={request.to} />;
    case 'evidence':
      return <EvidenceDialog directory={directory} reference={request.reference} />;
    case 'lock':
      return <LockDialog {...place} />;
    case 'unlock':
      return <UnlockDialog {...place} />;
    case 'remove':
      return <RemoveDialog {...place} />;
    default:
      return request satisfies never;
  }
}

function titleOf({ kind, target }: ReleaseRequest): string {
  switch (kind) {
    case 'promote':
      return `Promote to ${target}`;
    case 'deploy':
      return `Deploy to ${target}?`;
    case 'rollback':
      return `Roll ${target} back?`;
    case 'evidence':
      return 'Evidence';
    case 'lock':
      return `Lock ${target}`;
    case 'unlock':
      return `Unlock ${target}?`;
    case 'remove':
      return `Take ${target} away?`;
    default:
      return kind satisfies never;
  }
}
