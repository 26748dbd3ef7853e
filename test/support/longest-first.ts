import {BaseSequencer, type TestSpecification} from 'vitest/node'

/**
 * Starts certain test files before all others, so that none of them runs on when the others are done.
 * @param names - paths of those that take longest, below `test`, the longest first
 */
export function longestFirst(names: string[]): typeof BaseSequencer {
  const placeOf = ({moduleId}: TestSpecification) => {
    const place = names.findIndex((name) => moduleId.endsWith(`/test/${name}`))
    return place < 0 ? names.length : place
  }
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b))
    }
  }
}
