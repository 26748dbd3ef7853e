import {execute} from '@oclif/core/execute'

// The program behind every command line that bin/run.js does not answer by itself
await execute({dir: import.meta.url})
