/**
 * An HTTP server that speaks OpenAI's protocol: parses requests, submits them to a {@link
 * rankine.engine.serving.BatchScheduler}, and writes what comes back. No maths.
 *
 * <p>In reading order: {@code ApiServer} (routes), {@code ApiExchange} and {@code ApiException}
 * (HTTP and its errors), {@code RequestFields}, {@code CompletionRequest} and {@code ChatRequest}
 * (bodies), {@code AnswerRun} (a submission until its last event), {@code CompletionAnswer} and
 * {@code ChatAnswer} (what is written), {@code ServerMetrics}.
 */
package rankine.cli.serve;
