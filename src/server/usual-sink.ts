/** How records are read where a request does not say: as `qtool work` does without flags. */
export const USUAL_SINK = {strict: false, 'allow-special-values': false, 'max-bytes': 1024 * 1024}
