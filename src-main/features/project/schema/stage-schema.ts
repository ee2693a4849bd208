import { z } from 'zod';
import { Command, Duration, expected, listOf, namedMap, someText, text, VariableValue, yesOrNo } from './values.ts';

const paths = (example: string) => z.union([someText, z.array(someText)], expected('a path or a list of paths', example));

export const StageSchema = z
  .strictObject(
    {
      run: Command.describe('What the stage runs, inside the tested image.'),
      needs: listOf('stages', '[unit]').optional().describe('Stages that must pass first.'),
      services: listOf('services', '[db, cache]').optional().describe('Services that the stage talks to; what they depend on comes along. app is the built image.'),
      sharedServices: yesOrNo()
        .optional()
        .describe('Stages of a run that say so and have the same services and fixture talk to the same containers of these, which are started once. For suites that bear the data that the others write.'),
      fixture: text('the name of a fixture', 'catalogue').optional().describe('The state of the data services at its start.'),
      network: z
        .enum(['own', 'shared'], expected('own or shared', 'own'))
        .optional()
        .describe('own (the default): services by name. shared: the stage shares the application’s network and finds backends on localhost.'),
      browser: z.enum(['chromium', 'firefox'], expected('chromium or firefox', 'chromium')).optional().describe('Starts a browser for the stage.'),
      browserImage: text('an image', 'registry.example:5000/selenium/standalone-firefox:4').optional().describe('A Selenium server with that browser, in the place of selenium/standalone-chromium:4 or selenium/standalone-firefox:4.'),
      engine: yesOrNo().optional().describe('The suite uses the engine, as with Testcontainers: what it makes there goes with the stage. Whoever has the engine has its machine.'),
      against: z.literal('target', expected('target', 'target')).optional().describe('Runs against a deployed target.'),
      timeout: Duration.optional().describe('After this time the stage has failed.'),
      environment: namedMap(VariableValue, 'variables with their values', '{LOG_LEVEL: debug}').optional().describe('More environment variables.'),
      junit: paths('reports/*.xml').optional().describe('Where it writes JUnit files.'),
      artifacts: paths('[screens/**]').optional().describe('Files that are kept, whatever the outcome.'),
      inputs: listOf('paths', '["src/**"]').optional().describe('Files that the outcome depends on; nothing of them changed means it need not run again.'),
      image: text('an image', 'node:20').optional().describe('Another image than the component’s own.'),
      directory: text('a folder in the image', '/app').optional().describe('Where in the image it runs.'),
      target: text('a build stage', 'test').optional().describe('Another build stage of the component’s image to run in, such as one that has the tests; the image that ships stays the service app.'),
      cache: yesOrNo().optional().describe('Its outcome depends on its inputs only: where they are those of an earlier run that passed, it is not run again. Whoever has shared services with other stages is always run.'),
      repeatable: yesOrNo().optional().describe('It may run again on the same data.'),
      allowEmpty: yesOrNo().optional().describe('No tests found is no failure.'),
    },
    expected('at least a command', '{run: npm test}'),
  )
  .describe('One containerized test step.');

const build = {
  context: text('a folder', '.').optional().describe('The build context; the folder of this file by default.'),
  dockerfile: text('a path', 'Dockerfile').optional().describe('The Dockerfile, relative to the context.'),
  target: text('a build stage', 'runtime').optional().describe('The build stage that is shipped.'),
  image: text('an image name without tag', 'registry.example:5000/shop').optional().describe('The image’s name; its tag is the git revision.'),
  arguments: namedMap(VariableValue, 'build arguments with their values', '{NODE_VERSION: "20"}').optional().describe('Build arguments.'),
  platforms: listOf('platforms', '[linux/amd64]').optional().describe('Platforms to build for.'),
};

export const BuildSchema = z
  .strictObject(build, expected('how the image is built', '{context: ., dockerfile: Dockerfile}'))
  .describe('How this component’s image is built.');

export type StageFile = z.output<typeof StageSchema>;
export type BuildFile = z.output<typeof BuildSchema>;
