/** The contacts of a lookup, and the reply that they come in (wire contract 12.2). */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Struct from "effect/Struct"
import { Contact } from "../contact/ContactSchema.ts"

/** A contact as a lookup gives it: all fields of a `Contact` but `preferences`, which the server does not offer there. */
export const FoundContact = /* @__PURE__ */ Contact.mapFields(/* @__PURE__ */ Struct.omit(["preferences"]))
export interface FoundContact extends Schema.Struct.Type<typeof FoundContact.fields> {}

const isoDate = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

/** A time as ISO text in UTC, decoded to milliseconds since 1970. */
const Time = /* @__PURE__ */ Schema.String.check(
  /* @__PURE__ */ Schema.makeFilter((text) => isoDate.test(text) && !Number.isNaN(Date.parse(text)), {
    expected: "a time as ISO text in UTC"
  })
).pipe(
  /* @__PURE__ */ Schema.decodeTo(
    Schema.Number,
    /* @__PURE__ */ SchemaTransformation.transform({
      decode: (text) => Date.parse(text),
      encode: (millis) => new Date(millis).toISOString()
    })
  )
)

/** A contact as the reply has it. */
const Node = /* @__PURE__ */ FoundContact.mapFields(
  /* @__PURE__ */ Struct.assign({
    verifiedAt: /* @__PURE__ */ Schema.NullOr(Time),
    createdAt: Time,
    updatedAt: Time
  })
)

/** One page of a lookup. A reply that has errors, even beside data, does not match. */
export const FindReply = /* @__PURE__ */ Schema.Struct({
  errors: /* @__PURE__ */ Schema.optionalKey(/* @__PURE__ */ Schema.NullOr(/* @__PURE__ */ Schema.Tuple([]))),
  data: /* @__PURE__ */ Schema.Struct({
    contacts: /* @__PURE__ */ Schema.Struct({
      edges: /* @__PURE__ */ Schema.Array(/* @__PURE__ */ Schema.Struct({ node: Node })),
      pageInfo: /* @__PURE__ */ Schema.Struct({ hasNextPage: Schema.Boolean })
    })
  })
})
