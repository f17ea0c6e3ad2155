/**
 * A Standard Schema validator (https://standardschema.dev, version 1): what zod, valibot and arktype schemas are.
 * `In` is what a caller may send, `Out` what validation makes of it. Only the part that callwire reads is declared.
 */
export interface Schema<In = unknown, Out = In> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Out> | Promise<SchemaResult<Out>>;
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}

/** What a validator answers: the value, or the issues that it has with it. */
export type SchemaResult<Out> =
  | { readonly value: Out; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One complaint of a validator: what is wrong and, where it knows, at which property. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
