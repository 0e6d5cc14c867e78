package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.layerwise.method.Observer;

/** The observers of a session, each of which hears everything. May be changed while the network trains. */
public final class Observers implements Observer {
    private final List<Observer> all = new CopyOnWriteArrayList<>();

    Observers() {}

    /**
     * Adds an observer.
     *
     * @param observer that hears of everything from now on
     */
    public void add(Observer observer) {
        all.add(observer);
    }

    /**
     * Removes an observer.
     *
     * @param observer that hears of nothing any more
     * @return whether it was there
     */
    public boolean remove(Observer observer) {
        return all.remove(observer);
    }

    @Override
    public void stepped(StepTaken step) {
        all.forEach(each -> each.stepped(step));
    }

    @Override
    public void refreshed(FactorRefreshed refresh) {
        all.forEach(each -> each.refreshed(refresh));
    }

    @Override
    public void failed(FailureHandled failure) {
        all.forEach(each -> each.failed(failure));
    }
}
