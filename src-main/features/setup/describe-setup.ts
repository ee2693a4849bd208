import type { HostFacts } from '#ports/host-system.ts';
import type { SetupStep } from './plan-setup.ts';

/** One line that says what a step does. */
export function describeStep(step: SetupStep): string {
  switch (step.kind) {
    case 'packages':
      return `install ${step.names.join(', ')} (${step.why})`;
    case 'plugins':
      return `put Debian 13's ${step.names.join(' and ')} into ~/.docker/cli-plugins (${step.why})`;
    case 'engine':
      return `start the Docker engine (${step.why})`;
  }
}

/** The commands with which a person takes the steps by hand. */
export function describeCommands(facts: HostFacts, steps: readonly SetupStep[]): readonly string[] {
  if (facts.release.family === 'other') return steps.flatMap((step) => commandsElsewhere(step));
  const sudo = facts.root ? '' : 'sudo ';
  return steps.flatMap((step) => commandsOfStep(step, sudo));
}

function commandsOfStep(step: SetupStep, sudo: string): string[] {
  switch (step.kind) {
    case 'packages':
      return [`${sudo}apt-get update`, `${sudo}apt-get install -y --no-install-recommends ${step.names.join(' ')}`];
    case 'plugins':
      return [
        `# ${step.names.join(' and ')}: Docker's own packages, or Debian 13's (https://packages.debian.org/trixie/${step.names[0] ?? ''}), which run unchanged:`,
        'mkdir -p ~/.docker/cli-plugins',
        ...step.names.map((name) => `dpkg -x ${name}_*.deb plugin && cp plugin/usr/libexec/docker/cli-plugins/${name} ~/.docker/cli-plugins/`),
      ];
    case 'engine':
      return [step.by === 'systemd' ? `${sudo}systemctl start docker` : `${sudo}setsid nohup dockerd >/var/log/dockerd.log 2>&1 </dev/null &`];
  }
}

function commandsElsewhere(step: SetupStep): string[] {
  switch (step.kind) {
    case 'packages':
      return [`# ${step.why}: install ${step.names.includes('chromium') ? 'Chromium or Chrome' : 'Docker Engine or Docker Desktop (https://docs.docker.com/get-docker/)'}`];
    case 'plugins':
      return [`# ${step.why}: install ${step.names.join(' and ')} (https://docs.docker.com/compose/install/)`];
    case 'engine':
      return ['# start Docker'];
  }
}
