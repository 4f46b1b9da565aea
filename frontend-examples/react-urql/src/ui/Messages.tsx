interface Props {
  id: string;
  messages: readonly string[];
}

export function Messages({ id, messages }: Props) {
  return (
    <div className="messages" id={id}>
      {messages.map((message) => (
        <p className="error" key={message}>
          {message}
        </p>
      ))}
    </div>
  );
}
