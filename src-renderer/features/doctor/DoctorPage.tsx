import { Page } from '../../ui/Page.tsx';

export function DoctorPage() {
  return <Page title="Doctor">{null}</Page>;
}
