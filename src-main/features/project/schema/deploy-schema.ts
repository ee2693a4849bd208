import { z } from 'zod';
import { Command, Duration, expected, listOf, namedMap, Percent, port, Secret, text, TextOrSecret, yesOrNo } from './values.ts';

const context = text('the name of a docker context', 'staging').optional().describe('The docker context of the target.');

const kinds = {
  swarm: z
    .strictObject({ stack: text('a stack', 'shop'), file: text('a path', 'deploy/stack.yaml'), context }, expected('a stack and its file', '{stack: shop, file: deploy/stack.yaml}'))
    .optional()
    .describe('A stack of a Docker Swarm.'),
  pair: z
    .strictObject(
      {
        service: text('a service', 'app'),
        port: port().describe('Where the service listens.'),
        public: port().describe('Where HAProxy listens.'),
        context,
        swarm: yesOrNo().optional().describe('Run both versions as services of the Docker Swarm that this engine manages, with the replicas that the Compose files ask for; HAProxy runs on this engine.'),
        steps: z.array(Percent, expected('a list of percentages', '[10%, 50%, 100%]')).optional().describe('The new version’s shares of the traffic, one after another.'),
        drain: Duration.optional().describe('How long the old version may finish what it has.'),
      },
      expected('a service and its ports', '{service: app, port: 8080, public: 80}'),
    )
    .optional()
    .describe('Two versions behind HAProxy.'),
  kubernetes: z
    .strictObject(
      {
        manifests: listOf('paths', '[deploy/k8s/*.yaml]'),
        context: text('a kubectl context', 'prod').optional(),
        namespace: text('a namespace', 'shop').optional(),
        rollout: listOf('resources', '[deployment/shop]').optional().describe('What is waited for.'),
      },
      expected('manifests', '{manifests: [deploy/k8s/*.yaml]}'),
    )
    .optional()
    .describe('By kubectl.'),
  git: z
    .strictObject(
      {
        repository: text('a repository', 'git@host:infra.git'),
        branch: text('a branch', 'main').optional(),
        render: namedMap(z.string(), 'files by template', '{deploy/shop.yaml.tmpl: shop/shop.yaml}'),
      },
      expected('a repository and what is rendered', '{repository: git@host:infra.git, render: {…}}'),
    )
    .optional()
    .describe('A commit in an infrastructure repository.'),
  script: z
    .strictObject({ run: Command, rollback: Command.optional(), timeout: Duration.optional() }, expected('a command', '{run: [sh, deploy/deploy.sh]}'))
    .optional()
    .describe('A program on this machine.'),
  webhook: z
    .strictObject(
      {
        url: TextOrSecret,
        secret: Secret.optional(),
        kind: z.enum(['generic', 'jenkins', 'github'], expected('generic, jenkins or github', 'jenkins')).optional(),
        status: TextOrSecret.optional().describe('Where the outcome is asked.'),
        timeout: Duration.optional(),
      },
      expected('an address', '{url: {env: JENKINS_URL}}'),
    )
    .optional()
    .describe('A call to Jenkins and the like.'),
};

export const DeploySchema = z
  .strictObject(kinds, expected('one kind of deployment', '{swarm: {stack: shop, file: deploy/stack.yaml}}'))
  .refine((value) => Object.keys(value).length === 1, expected('exactly one of swarm, pair, kubernetes, git, script and webhook', '{script: {run: [sh, deploy.sh]}}'))
  .describe('How the target is deployed.');
