/** Singular noun for what each kind of trash holds. */
export const KIND_WORDS = {ready: 'ready item', dead: 'dead letter', edit: 'edited dead letter'} as const
