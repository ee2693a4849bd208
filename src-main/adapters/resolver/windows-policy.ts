import type { SystemChanges } from '#ports/host-resolver.ts';

const OURS = `Get-DnsClientNrptRule | Where-Object { $_.Comment -eq 'Backlot' }`;

/** PowerShell that prints the domains of our rules, one a line. */
export const LIST_RULES = `$ErrorActionPreference = 'Stop'; ${OURS} | ForEach-Object { $_.Namespace }`;

/** PowerShell that takes our rules out and puts those that are wanted in. Other rules are not touched. Pure. */
export function changeRules({ after, server }: NonNullable<SystemChanges['rules']>): string {
  return [
    `$ErrorActionPreference = 'Stop'`,
    `${OURS} | ForEach-Object { Remove-DnsClientNrptRule -Name $_.Name -Force }`,
    ...after.map((domain) => `Add-DnsClientNrptRule -Namespace '.${domain}' -NameServers '${server}' -Comment 'Backlot' | Out-Null`),
    'Clear-DnsClientCache',
  ].join('; ');
}

/** The domains in what `LIST_RULES` printed. Pure. */
export function readRules(output: string): string[] {
  return output.split(/\r?\n/).map((line) => line.trim().replace(/^\./, '')).filter(Boolean);
}
