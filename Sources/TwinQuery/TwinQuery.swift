// TwinQuery (floor 4): questions about a graph value.
//
// Text → `Lexer` → tokens → `Parser` → `Query` (a syntax tree, checked: names are resolved, types are plausible)
// → `Planner` → `Plan` (bound to one graph: tables, columns, the end to start from) → rows as JSON in pages.
//
// Pure: a query is a function of a graph value and the text, without disk, clock or state between pages.
// The engine above picks the graph that `Query.world` names; this room never learns what a world is.
