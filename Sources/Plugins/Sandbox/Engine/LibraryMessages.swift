/// What libjq 1.6 to 1.8 says itself when a program fails, without what it repeats of values.
///
/// A message that is not here is not shown, so that a version that words one in another way tells an
/// author less, and nobody more.
enum LibraryMessages {
    /// How the messages of its parser begin; what follows is the place and the text.
    static let unread = reasons.map { reason in
        (reason: reason, shape: MessageShape("\(reason)* (while parsing '*"))
    }

    private static let reasons = [
        "',' not as part of an object or array", "':' not as part of an object",
        "':' should follow a key", "Exceeds depth limit for parsing", "Expected JSON value",
        "Expected a separator between values", "Expected another array element",
        "Expected another key-value pair", "Expected another key:value pair",
        "Expected escape character at end of string", "Expected separator between values",
        "Expected string key", "Expected value before ','", "Invalid \\uXXXX",
        "Invalid character", "Invalid escape", "Invalid literal", "Invalid numeric literal",
        "Invalid string literal", "Invalid string: control characters", "Malformed BOM",
        "Missing value in key:value pair", "Object keys must be strings",
        "Objects must consist of key:value pairs", "Potentially truncated top-level numeric value",
        "Token too long", "Truncated value", "Unexpected extra JSON values",
        "Unfinished JSON term", "Unfinished abandoned text", "Unfinished string",
        "Unmatched ']'", "Unmatched '}'",
    ]

    /// Everything else: '#' is the name of a kind, '*' a value.
    static let shapes: [MessageShape] = (sentences + about + paths).map { MessageShape($0) }

    private static let about =
        aboutOne.map { "# (*) " + $0 } + aboutTwo.map { "# (*) and # (*) " + $0 }

    private static let aboutOne = [
        "can not be escaped for shell", "can't be imploded, unicode codepoint needs to be numeric",
        "cannot be csv-formatted, only array", "cannot be matched, as it is not a string",
        "cannot be negated", "cannot be parsed as a boolean", "cannot be parsed as a number",
        "cannot be searched from", "cannot be searched, as it is not a string",
        "cannot be sorted, as it is not an array", "cannot be tsv-formatted, only array",
        "has no keys", "has no length", "is not a string", "is not a valid format",
        "is not a valid uri encoding", "is not valid base64 data", "is not valid in a csv row",
        "number required", "only strings can be parsed", "only strings have UTF-8 byte length",
        "trailing base64 byte found",
    ]

    private static let aboutTwo = [
        "cannot be added", "cannot be divided", "cannot be divided (remainder)",
        "cannot be divided (remainder) because the divisor is zero",
        "cannot be divided because the divisor is zero", "cannot be iterated over",
        "cannot be multiplied", "cannot be sorted, as they are not both arrays",
        "cannot be subtracted", "cannot have their containment checked", "have wrong length",
    ]

    private static let paths = [
        "Cannot check whether # has a # key", "Cannot delete # element of array",
        "Cannot delete # field of object", "Cannot delete fields from #",
        "Cannot index # with \"*\"", "Cannot index # with string \"*\"",
        "Cannot index # with # (\"*\")", "Cannot index # with # (*)", "Cannot index # with #",
        "Cannot iterate over # (*)", "Cannot iterate over #", "Cannot update field at # index of #",
        "Cannot use # (*) as object key", "Path must be specified as array, not #",
        "Invalid path expression near attempt to access element * of *",
        "Invalid path expression near attempt to iterate through *",
        "Invalid path expression with result *",
    ]

    private static let sentences = [
        "# not a string or array", "* is not a valid format",
        "* is not a valid modifier string", "date \"*\" does not match format \"*\"",
        "Regex failure: *",
        "A slice of an array can only be assigned another array", "Array index too large",
        "Array/string slice indices must be integers", "Cannot set array element at NaN index",
        "Cannot update string slices", "Comparison too deep", "Containment check too deep",
        "Equality check too deep", "Function takes too many arguments", "Invalid UTF-8 string",
        "No more inputs", "Object merge too deep", "Object too big",
        "Only arrays and strings can be sliced", "Out of bounds negative array index",
        "Path must be specified as an array", "Path too deep",
        "Paths must be specified as an array",
        "Range bounds must be numeric", "Repeat string result too long",
        "Start and end indices of an array slice must be numbers",
        "Start and end indices of an string slice must be numbers", "String too long", "break",
        "endswith() requires string inputs",
        "error converting number of seconds since epoch to datetime",
        "errror converting number of seconds since epoch to datetime",
        "explode input must be a string", "flatten depth must not be negative",
        "gmtime requires numeric inputs", "gmtime() requires numeric inputs",
        "implode input must be an array", "invalid gmtime representation",
        "limit doesn't support negative count", "localtime requires numeric inputs",
        "localtime() requires numeric inputs", "mktime requires array inputs",
        "mktime requires parsed datetime inputs", "nth doesn't support negative indices",
        "skip doesn't support negative count", "split input and separator must be strings",
        "startswith() requires string inputs", "strflocaltime/1 requires a string format",
        "strflocaltime/1 requires parsed datetime inputs", "strftime/1 requires a string format",
        "strftime/1 requires parsed datetime inputs",
        "strptime/1 requires string inputs and arguments", "trim input must be a string",
    ]
}
