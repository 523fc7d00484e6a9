// TwinStorm: test support. A disk that loses power, fills up and lies, and a clock: both driven by a seed, so
// that any failure can be replayed. Nothing that ships imports this room.
