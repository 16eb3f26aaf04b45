/** How a text is laid out only because its source had a line break there, or had none. */
const SAME_LINE_BODY = "the body stands on the line of `}:`, as in the source";
const BROKEN_BRACKETS = "brackets are on lines of their own, as in the source";

/** What a tree does not hold; where the parser notices, it says so in the same words. */
const TRAILING = "trailing comment";
const INSIDE = "comment inside an expression";
const AFTER = "comment after the expression";
const BLOCK = "block comment";
const NO_SPACE = "comment without a space after #";
const MORE_THAN_HEADER = "more than a header before the expression";
const DIRECTIVE = "format directive";
const BLANK_AFTER_IN = "blank line after in";
const BLANK_AFTER_COLON = "blank line after }:";
const BLANK_AFTER_EQUALS = "blank line after =";
const LINE_BREAK = "line break in a quoted string";
const QUOTED_INHERIT = "quotes around an inherited name that needs none";
const SPACES_ONLY = "a line of spaces only, for which the printer takes a quoted string";

/** The pairs whose `.out.nix` no tree prints as, and why. */
export const IMPOSSIBLE_PAIRS: Readonly<Record<string, string>> = {
  "01-attrset-empty-newline-sticky": BROKEN_BRACKETS,
  "01-attrset-empty-rhs": BROKEN_BRACKETS,
  "01-attrset-in-list": BROKEN_BRACKETS,
  "01-attrset-rhs-single-inherit-sticky": BROKEN_BRACKETS,
  "01-attrset-top-single-newline-sticky": BROKEN_BRACKETS,
  "02-list-empty-sticky": BROKEN_BRACKETS,
  "02-list-one-sticky": BROKEN_BRACKETS,
  "02-list-rhs-one": BROKEN_BRACKETS,
  "03-args-body-lambda": SAME_LINE_BODY,
  "03-args-body-list": SAME_LINE_BODY,
  "03-args-body-set-same-line": SAME_LINE_BODY,
  "03-args-body-set2-same-line": SAME_LINE_BODY,
  "03-args-empty": SAME_LINE_BODY,
  "03-args-flat-body-with": SAME_LINE_BODY,
  "03-args-one": SAME_LINE_BODY,
  "03-args-one-ell": SAME_LINE_BODY,
  "03-args-one-ell-sticky": BROKEN_BRACKETS,
  "03-args-one-sticky": BROKEN_BRACKETS,
  "03-args-only-ell": SAME_LINE_BODY,
  "03-args-two-ell": SAME_LINE_BODY,
  "04-let-blank": BLANK_AFTER_IN,
  "05-inherit-from-sticky": BROKEN_BRACKETS,
  "05-inherit-quoted": QUOTED_INHERIT,
  "05-inherit-sticky": BROKEN_BRACKETS,
  "07-app-last-set-one-sticky": BROKEN_BRACKETS,
  "07-app-mkIf": BROKEN_BRACKETS,
  "07-app-paren-last-fnargs": SAME_LINE_BODY,
  "07-app-rhs-set-one": BROKEN_BRACKETS,
  "09-paren-lambda-list": SAME_LINE_BODY,
  "10-flake": SAME_LINE_BODY,
  "10-lambda-rhs": SAME_LINE_BODY,
  "10-lambda-rhs-args-nl": BROKEN_BRACKETS,
  "11-str-indented-blank-trailing-ws": SPACES_ONLY,
  "11-str-multiline-dq": LINE_BREAK,
  "11-str-multiline-dq-deep": LINE_BREAK,
  "13-comment-args": TRAILING,
  "13-comment-before-else": INSIDE,
  "13-comment-block": BLOCK,
  "13-comment-block-fixed": BLOCK,
  "13-comment-header-blank": MORE_THAN_HEADER,
  "13-comment-header-blank2": MORE_THAN_HEADER,
  "13-comment-lang": INSIDE,
  "13-comment-let": INSIDE,
  "13-comment-line": NO_SPACE,
  "13-comment-list": TRAILING,
  "13-comment-list-one-trailing": TRAILING,
  "13-comment-nospace": NO_SPACE,
  "13-comment-one-binder-set": TRAILING,
  "13-comment-rhs": INSIDE,
  "14-blank-after-colon": BLANK_AFTER_COLON,
  "14-blank-after-in": BLANK_AFTER_IN,
  "14-blank-in-args": BLANK_AFTER_COLON,
  "14-blank-rhs": BLANK_AFTER_EQUALS,
  "16-empty-list-after-blank": BLANK_AFTER_IN,
  "16-empty-list-body": SAME_LINE_BODY,
  "16-empty-set-after-blank": BLANK_AFTER_COLON,
  "18-app-callPackage": SAME_LINE_BODY,
  "18-app-genAttrs": SAME_LINE_BODY,
  "19-comment-after-eq": INSIDE,
  "19-comment-between-args": INSIDE,
  "19-comment-block-multi-stars": BLOCK,
  "19-comment-eof-only": AFTER,
  "19-directive-disable": DIRECTIVE,
  "19-directive-whole-file": DIRECTIVE,
};
