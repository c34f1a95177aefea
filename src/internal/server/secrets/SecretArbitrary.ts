/** Random secrets that have the values the database can hold. Each is built on use, which takes a while. */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as RowArbitrary from "../store/RowArbitrary.ts"
import * as RowGenerator from "../store/RowGenerator.ts"
import type { SecretRecord, SecretType } from "./SecretRecord.ts"
import type { SecretSeed } from "./SecretSeeds.ts"

const { oneOf, withCommon } = RowGenerator

const number = () => Arbitrary.schema(RowArbitrary.between(0, 999_999))

/** A value that a secret of a type can be used with. */
const valueOf = (type: SecretType, number: number): string => {
  if (type === "basic") return `user-${number}:password-${number}`
  return type === "oauth" ? JSON.stringify({ accessToken: `token-${number}` }) : `token-${number}`
}

/** Random secrets that need neither a key nor another secret. A shared one has a value, or none. */
export const secret = (): Arbitrary.Arbitrary<SecretSeed> =>
  Arbitrary.map(
    withCommon(
      Arbitrary.all({
        kind: oneOf("shared", "personal"),
        type: oneOf("plain", "basic", "bearer", "oauth"),
        visibility: oneOf("private", "protected", "public"),
        number: number(),
        empty: Arbitrary.schema(Schema.Boolean)
      })
    ),
    ({ empty, number, ...drawn }) => ({
      ...drawn,
      value: empty || drawn.kind === "personal" ? null : valueOf(drawn.type, number)
    })
  )

/** Random columns of a value, made into the value of a secret. */
export const value = () =>
  Arbitrary.map(
    withCommon(Arbitrary.all({ number: number() })),
    ({ number, ...drawn }) =>
      ({ id, type }: Pick<SecretRecord, "id" | "type">) => ({ ...drawn, secretId: id, value: valueOf(type, number) })
  )
