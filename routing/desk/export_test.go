package desk

// PaperWords are the reasons in words as lists and certificates have them.
var PaperWords = paperWords
