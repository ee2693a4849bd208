import { z } from 'zod';
import { DeploySchema } from './deploy-schema.ts';
import { Command, count, Duration, expected, listOf, Percent, Secret, someText, text, TextOrSecret, yesOrNo } from './values.ts';

const bound = z.union([z.number(), Percent, Duration], expected('a number, a percentage or a time', '1%'));

const check = {
  name: text('a name', 'errors').describe('What the check is called in reports.'),
  haproxy: z
    .strictObject({ backend: text('a backend', 'shop'), metric: text('a metric', 'error-rate'), socket: text('a socket', '/run/haproxy.sock').optional() })
    .optional()
    .describe('Reads a metric from HAProxy.'),
  command: Command.optional().describe('Runs a command on this machine; the last number that it prints is the value. {{REVISION}}, {{IMAGE}} and {{DIGEST}}, or its variables REVISION and IMAGE, are those of the version that is measured.'),
  http: z
    .strictObject({ url: TextOrSecret, p50: Duration.optional(), p95: Duration.optional(), p99: Duration.optional(), status: z.int().optional() })
    .optional()
    .describe('Asks an address and measures the answers. In it, {{SERVER}} is the server of each version of a balanced pair; {{REVISION}}, {{IMAGE}} and {{DIGEST}} name the version that is measured.'),
  prometheus: z.strictObject({ url: TextOrSecret, query: text('a query', 'sum(rate(errors[1m]))') }).optional().describe('Asks Prometheus. In the query, {{REVISION}}, {{IMAGE}} and {{DIGEST}} name the version that is measured.'),
  max: bound.optional().describe('More than this is a failure.'),
  min: bound.optional().describe('Less than this is a failure.'),
  over: z.literal('previous', expected('previous', 'previous')).optional().describe('The bound is relative to the release before: beside it in the same window where the answers tell versions apart, else as it was before the roll.'),
};

const Kpi = z
  .strictObject(
    {
      window: Duration.describe('How long the release is watched.'),
      interval: Duration.optional().describe('How often it is looked at.'),
      samples: count('a number of samples', '20').optional().describe('With fewer samples the verdict is inconclusive.'),
      checks: z.array(z.strictObject(check, expected('a check', '{name: errors, …}')), expected('a list of checks', '[{name: errors, …}]')).describe('What must hold.'),
    },
    expected('a window and checks', '{window: 2m, checks: […]}'),
  )
  .describe('What is watched after a deployment; a failure rolls back by itself.');

const Requirement = z.union(
  [someText, z.strictObject({ stage: text('a stage', 'smoke'), on: text('a target', 'staging') })],
  expected('a stage, or a stage on a target', 'unit or {stage: smoke, on: staging}'),
);

export const TargetSchema = z
  .strictObject(
    {
      requires: z.array(Requirement, expected('a list of stages', '[unit, integration]')).optional().describe('Stages that must have passed on the image.'),
      platform: text('a platform', 'linux/amd64').optional().describe('The platform that the target runs on.'),
      registry: text('a registry', 'registry.example:5000').optional().describe('Another registry than the project’s.'),
      deploy: DeploySchema.optional(),
      kpi: Kpi.optional(),
      after: listOf('stages', '[smoke]').optional().describe('Stages that run against the target after the deployment.'),
      keep: count('a number of releases', '5').optional().describe('How many earlier releases stay available for a rollback.'),
    },
    expected('what the target requires and how it deploys', '{requires: [unit], deploy: {…}}'),
  )
  .describe('Where images are promoted to and how they are deployed there.');

export const EvidenceSchema = z
  .strictObject(
    {
      key: z
        .union([Secret, z.strictObject({ file: text('a path', 'keys/evidence.pem') })], expected('where the key is read from', '{env: EVIDENCE_KEY}'))
        .optional()
        .describe('The Ed25519 key that evidence is signed with; one of this user’s own by default.'),
      trust: listOf('files with public keys, or the keys themselves', '[keys/ci.pub]').optional().describe('Whose evidence counts beside one’s own: public keys in PEM, or files with them.'),
      issuers: z
        .array(
          z.strictObject({ issuer: text('an address', 'https://token.actions.githubusercontent.com'), subject: text('a subject', 'repo:acme/shop:ref:refs/heads/main') }, expected('an issuer and its subject', '{issuer: …, subject: repo:acme/shop:*}')),
          expected('a list of issuers', '[{issuer: https://token.actions.githubusercontent.com, subject: repo:acme/shop:*}]'),
        )
        .optional()
        .describe('CI whose evidence counts by what its issuer of tokens says of it: no key is needed there. GitHub Actions gives tokens for one key; GitLab does not, and signs with the project’s key.'),
      signedFixtures: z.boolean(expected('true or false', 'true')).optional().describe('Take only fixtures that are signed with one of these keys.'),
    },
    expected('keys', '{key: {env: EVIDENCE_KEY}, trust: [keys/ci.pub]}'),
  )
  .describe('Who says that an image passed, and who is believed.');

const Event = z.enum(
  ['pass', 'fail', 'promote', 'deploy', 'rollback', 'recover'],
  expected('pass, fail, promote, deploy, rollback or recover', 'fail'),
);

export const NotifySchema = z
  .strictObject(
    {
      slack: Secret.optional().describe('A Slack incoming webhook.'),
      rocketchat: Secret.optional().describe('A Rocket.Chat incoming webhook.'),
      github: z
        .strictObject({ repository: text('a repository', 'acme/shop'), token: Secret, url: text('an address', 'https://api.github.com').optional() })
        .optional()
        .describe('GitHub statuses and deployments.'),
      on: z.array(Event, expected('a list of events', '[fail, deploy]')).optional().describe('What is told; everything by default.'),
      statuses: yesOrNo().optional().describe('Write commit statuses (GitHub).'),
      deployments: yesOrNo().optional().describe('Write deployments (GitHub).'),
    },
    expected('one of slack, rocketchat and github', '{slack: {env: SLACK_WEBHOOK}, on: [fail]}'),
  )
  .refine((value) => [value.slack, value.rocketchat, value.github].filter(Boolean).length === 1, expected('exactly one of slack, rocketchat and github', '{slack: {env: SLACK_WEBHOOK}}'))
  .describe('Who is told what.');
