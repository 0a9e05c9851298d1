//! What the store wants done: messages to the open socket, and a row brought into sight. On the server nothing is.

use super::reducer::Command;
use contract::ClientMessage;
use futures::channel::mpsc::UnboundedSender;
use leptos::prelude::*;

/// The way out of the store. Messages go to the socket that is open; without one they are dropped, for a new
/// connection is told everything anyway.
#[derive(Clone, Copy)]
pub struct Outbox {
    socket: StoredValue<Option<UnboundedSender<ClientMessage>>>,
}

impl Outbox {
    pub fn new() -> Self {
        Self { socket: StoredValue::new(None) }
    }

    /// Sends to this socket from now on, or to none.
    #[cfg_attr(not(any(test, feature = "hydrate")), expect(dead_code, reason = "the server has no socket"))]
    pub fn open(self, socket: Option<UnboundedSender<ClientMessage>>) {
        self.socket.set_value(socket);
    }

    pub fn run(self, commands: Vec<Command>) {
        for command in newest_ack(commands) {
            match command {
                Command::Send(message) => self.socket.with_value(|socket| {
                    if let Some(socket) = socket {
                        drop(socket.unbounded_send(message));
                    }
                }),
                #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
                Command::Reveal(id) => crate::components::dom::reveal_row(id),
                #[cfg(not(all(feature = "hydrate", not(feature = "ssr"))))]
                Command::Reveal(_) => {}
            }
        }
    }
}

/// Only the newest acknowledgement of a frame needs to be sent.
fn newest_ack(commands: Vec<Command>) -> impl Iterator<Item = Command> {
    let is_ack = |command: &Command| matches!(command, Command::Send(ClientMessage::Ack { .. }));
    let last = commands.iter().rposition(is_ack);
    let kept = move |(index, command): &(usize, Command)| !is_ack(command) || Some(*index) == last;
    commands.into_iter().enumerate().filter(kept).map(|(_, command)| command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::KillmailId;
    use futures::channel::mpsc::unbounded;

    #[test]
    fn of_several_acknowledgements_the_newest_is_sent_and_nothing_else_is_lost() {
        let owner = Owner::new();
        owner.with(|| {
            let outbox = Outbox::new();
            let ack = |seq| Command::Send(ClientMessage::Ack { seq });
            let ping = || Command::Send(ClientMessage::Ping { nonce: 0 });
            let commands = || vec![ack(1), ping(), ack(2), Command::Reveal(KillmailId(1)), ping()];
            outbox.run(commands()); // no socket: dropped
            let (sender, mut receiver) = unbounded();
            outbox.open(Some(sender));
            outbox.run(commands());
            outbox.open(None);
            let sent: Vec<ClientMessage> = std::iter::from_fn(|| receiver.try_recv().ok()).collect();
            assert_eq!(
                sent,
                [ClientMessage::Ping { nonce: 0 }, ClientMessage::Ack { seq: 2 }, ClientMessage::Ping { nonce: 0 }]
            );
        });
    }
}
