import { Spotlight } from '@mantine/spotlight';

/** Search over every verb and service. */
export function Palette() {
  return <Spotlight actions={[]} shortcut="mod + K" />;
}
