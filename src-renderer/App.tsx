import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { UnauthorizedPage } from './features/welcome/UnauthorizedPage.tsx';
import { OpenFolderDialog } from './shell/OpenFolder.tsx';
import { Shell } from './shell/Shell.tsx';
import { useConnection } from './state/connection.ts';
import { EnvironmentProvider } from './state/environment.tsx';
import { cssVariablesResolver, theme } from './theme/theme.ts';

/** The whole interface. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} zIndex={400} />
      <Door />
    </MantineProvider>
  );
}

function Door() {
  const unauthorized = useConnection(({ state }) => state.kind === 'unauthorized');
  if (unauthorized) return <UnauthorizedPage />;
  return (
    <EnvironmentProvider>
      <Shell />
      <OpenFolderDialog />
    </EnvironmentProvider>
  );
}
