//! Observers that judge a run by its events, and share no code with what they judge.
