package org.layerwise.internal.dl4j;

import java.io.IOException;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.databind.JsonSerializer;
import org.nd4j.shade.jackson.databind.SerializerProvider;
import org.nd4j.shade.jackson.databind.jsontype.TypeSerializer;

/** Writes a tap as the function that it taps, so that no saved configuration knows of taps. */
final class TapSerializer extends JsonSerializer<Tap> {
    @Override
    public void serialize(Tap tap, JsonGenerator generator, SerializerProvider provider) throws IOException {
        Object delegate = tap.delegate();
        provider.findValueSerializer(delegate.getClass()).serialize(delegate, generator, provider);
    }

    @Override
    public void serializeWithType(
            Tap tap, JsonGenerator generator, SerializerProvider provider, TypeSerializer typeSerializer)
            throws IOException {
        Object delegate = tap.delegate();
        provider.findValueSerializer(delegate.getClass())
                .serializeWithType(delegate, generator, provider, typeSerializer);
    }
}
