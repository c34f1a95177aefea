/** The arguments that the commands on what belongs to a contact have in common. */
import * as Argument from "effect/cli/Argument"
import { listFlags } from "../support/CommonFlags.ts"

/** The contact. */
export const contactId = Argument.String("contact").pipe(Argument.withDescription("The id of a contact"))

/** The secret. */
export const secretId = Argument.String("secret").pipe(
  Argument.withDescription("The id of a secret, its name as in '(Some Name)', or its alias as in @calendar")
)

/** The flags of a list of items. */
export const itemListFlags = { contactId, ...listFlags }
