import { AckPolicy, connect, JSONCodec } from 'nats';

const STREAM = 'ORDERS';
const SUBJECT = 'orders.placed';
const codec = JSONCodec();

/** The broker, with the stream that keeps placed orders until they are booked. */
export async function openBroker(url) {
  const connection = await connect({ servers: url, name: 'shop', maxReconnectAttempts: -1, reconnectTimeWait: 250, timeout: 5_000 });
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: STREAM, subjects: ['orders.>'], max_age: 7 * 24 * 3600 * 1e9 });
  const stream = connection.jetstream();

  return {
    /** Settles when the broker has the order on its disk. */
    async place(order) {
      await stream.publish(SUBJECT, codec.encode(order), { msgID: order.id });
    },
    /** Gives every placed order to `book`; what fails comes back later. */
    async consume(book, onReady) {
      await manager.consumers.add(STREAM, { durable_name: 'booking', ack_policy: AckPolicy.Explicit, filter_subject: SUBJECT, ack_wait: 10 * 1e9 });
      const consumer = await stream.consumers.get(STREAM, 'booking');
      const messages = await consumer.consume({ max_messages: 20 });
      onReady();
      for await (const message of messages) {
        const booked = await book(codec.decode(message.data)).then(() => true, (error) => error);
        if (booked === true) message.ack();
        else message.nak(1_000);
      }
    },
    async check() {
      await connection.flush();
      return !connection.isClosed();
    },
    close: () => connection.close(),
  };
}
