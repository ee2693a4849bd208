export type CiKind = 'github' | 'gitlab' | 'jenkins';

/** Where each CI server looks for its file. */
const FILES: Readonly<Record<CiKind, string>> = { github: '.github/workflows/backlot.yml', gitlab: '.gitlab-ci.yml', jenkins: 'Jenkinsfile' };

const RUN = 'backlot run --junit reports/backlot.xml --artifacts reports/artifacts';

const TEXTS: Readonly<Record<CiKind, string>> = {
  github: `# Runs the stages of backlot.yaml, as everybody does on a laptop. What there is to change is in backlot.yaml.
name: backlot
on: [push, pull_request]
jobs:
  stages:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: ${RUN}
      - uses: actions/upload-artifact@v4
        if: always()
        with: { name: reports, path: reports }
`,
  gitlab: `# Runs the stages of backlot.yaml, as everybody does on a laptop. What there is to change is in backlot.yaml.
backlot:
  script:
    - ${RUN}
  artifacts:
    when: always
    paths: [reports]
    reports: { junit: reports/backlot.xml }
`,
  jenkins: `// Runs the stages of backlot.yaml, as everybody does on a laptop. What there is to change is in backlot.yaml.
pipeline {
  agent any
  stages {
    stage('stages') { steps { sh '${RUN}' } }
  }
  post {
    always {
      junit 'reports/backlot.xml'
      archiveArtifacts artifacts: 'reports/**', allowEmptyArchive: true
    }
  }
}
`,
};

/** A CI file that calls the command line and holds no logic of its own. Pure. */
export function ciFile(kind: CiKind): { readonly schema: 1; readonly file: string; readonly text: string } {
  return { schema: 1, file: FILES[kind], text: TEXTS[kind] };
}
