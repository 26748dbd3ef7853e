import {Type} from 'typebox'

export const Problem = Type.Object(
  {
    error: Type.Object({
      code: Type.String({description: 'Stable, e.g. NO_QUEUE.'}),
      message: Type.String(),
      suggestions: Type.Array(Type.String(), {description: 'What to do next.'}),
    }),
  },
  {description: 'Every error has this form.'},
)
