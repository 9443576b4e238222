/* A field that is taken as a whole: all of it is marked when it gets the focus. */

export default function whole(field) {
  field.addEventListener("focus", () => field.select());
}
